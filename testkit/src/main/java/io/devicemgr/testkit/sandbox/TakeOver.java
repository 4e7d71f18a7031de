package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.api.v1alpha1.RolloutSpec.Strategy;
import io.devicemgr.testkit.cluster.PodChange;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Another operator takes over, and its agents: judged by what happens to the pods. */
final class TakeOver {
    private final SimulatedCluster cluster;
    private final DeploymentWatch watch;
    private final Progress progress;
    private final Duration limit;

    /** Ends one operator and starts another. */
    interface Replacement {
        void run() throws IOException;
    }

    TakeOver(SimulatedCluster cluster, DeploymentWatch watch, Progress progress, Duration limit) {
        this.cluster = cluster;
        this.watch = watch;
        this.progress = progress;
        this.limit = limit;
    }

    /** Whether every agent comes to be of the image, each replaced once and never more than allowed at a time, and all is Ready again. */
    boolean observe(String image, Replacement replacement) throws IOException {
        long moment = cluster.history().now();
        long begun = System.nanoTime();
        replacement.run();
        Optional<Long> ready = watch.await(
                d -> Statuses.isTrue(d, ConditionType.Ready)
                        && Statuses.isTrue(d, ConditionType.RolloutComplete)
                        && agents(d).stream().allMatch(pod -> isOf(pod, image)),
                limit);
        DevicePluginDeployment deployment = watch.latest().orElseThrow();
        Statuses.condition(deployment, ConditionType.SpecValid)
                .filter(valid -> !valid.getStatus().equals("True"))
                .ifPresent(valid -> progress.say("SpecValid is %s: %s", valid.getStatus(), valid.getMessage()));
        if (ready.isEmpty()) {
            progress.say("not Ready with agents of %s within %d s", image, limit.toSeconds());
            return false;
        }
        progress.say("Ready with agents of %s after %.1f s", image, (ready.get() - begun) / 1e9);
        return isGentle(deployment, moment);
    }

    private boolean isGentle(DevicePluginDeployment deployment, long moment) {
        String name = deployment.getMetadata().getName();
        int allowed = allowed(deployment);
        int away = cluster.history().mostAway(label(name), moment);
        Map<String, Long> replaced = cluster.history().since(moment).stream()
                .filter(change -> change.kind() == PodChange.Kind.DELETED && change.has(label(name)))
                .collect(Collectors.groupingBy(PodChange::node, Collectors.counting()));
        progress.say("agents replaced: %s; at most %d away at a time, %d allowed", replaced, away, allowed);
        return away <= allowed
                && replaced.size() == agents(deployment).size()
                && replaced.values().stream().allMatch(times -> times == 1);
    }

    private int allowed(DevicePluginDeployment deployment) {
        int nodes = agents(deployment).size();
        RolloutSpec rollout = deployment.getSpec().rollout();
        if (rollout.strategy() == Strategy.AllAtOnce) {
            return nodes;
        }
        IntOrString most = Objects.requireNonNullElse(rollout.maxUnavailable(), RolloutSpec.MAX_UNAVAILABLE);
        return amount(most.getValue().toString(), nodes);
    }

    private static int amount(String most, int nodes) {
        return most.endsWith("%")
                ? (int) Math.ceil(nodes * Integer.parseInt(most.substring(0, most.length() - 1)) / 100.0)
                : Integer.parseInt(most);
    }

    private List<Pod> agents(DevicePluginDeployment deployment) {
        return cluster.client()
                .pods()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .withLabel("devicemgr.io/deployment", deployment.getMetadata().getName())
                .list()
                .getItems();
    }

    private static boolean isOf(Pod agent, String image) {
        return agent.getSpec().getContainers().stream().anyMatch(container -> image.equals(container.getImage()));
    }

    private static String label(String name) {
        return "devicemgr.io/deployment=" + name;
    }
}
