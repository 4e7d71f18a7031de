package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The main job on one machine: a cluster of three nodes, the real operator and agents, a deployment applied, a pod that gets
 * a device, a device that goes and comes back. It has succeeded only when all of that was observed.
 */
final class Sandbox implements Scenario {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration NODE_STATUS_INTERVAL = Duration.ofSeconds(1);

    private final SandboxOptions options;
    private final Distribution distribution;
    private final Progress progress;
    private final SimulatedCluster cluster;
    private final List<OperatorProcess> operators = new ArrayList<>();

    Sandbox(SandboxOptions options, Distribution distribution, PrintStream out) throws IOException {
        this.options = options;
        this.distribution = distribution;
        this.progress = new Progress(out);
        this.cluster = SimulatedCluster.start(NODE_STATUS_INTERVAL);
        progress.say("API server at %s", cluster.apiServer().url());
        progress.say("kubectl --kubeconfig %s get dpd", cluster.kubeconfig());
    }

    @Override
    public boolean run() throws IOException {
        List<HasMetadata> manifest = Manifest.load(options.manifest(), cluster.client());
        List<DevicePluginDeployment> deployments = Manifest.deployments(manifest, cluster.client());
        if (deployments.isEmpty()) {
            progress.say("%s holds no DevicePluginDeployment", options.manifest());
            return false;
        }
        startNodes(deployments);
        startOperators();
        String name = deployments.get(0).getMetadata().getName();
        try (DeploymentWatch watch = new DeploymentWatch(cluster.client(), name)) {
            Timeline timeline = new Timeline(cluster);
            watch.onChange(progress::state);
            boolean observed = Manifest.apply(manifest, cluster.client(), progress)
                    && becomesReady(watch, timeline)
                    && podGetsDevice(deployments.get(0))
                    && deviceGoesAndComesBack(watch, deployments.get(0))
                    && leaderMayDie(watch)
                    && KubeletJudge.contractKept(cluster, progress);
            printStatus(watch);
            return observed;
        }
    }

    private void startNodes(List<DevicePluginDeployment> deployments) throws IOException {
        cluster.images().add(Distribution.AGENT_IMAGE, distribution.agent());
        SimulatedNode real = cluster.addNode("node-1", Map.of());
        real.showMachineDevices();
        progress.say("node-1: this machine's /dev");
        for (String name : List.of("node-2", "node-3")) {
            SimulatedNode node = cluster.addNode(name, Map.of());
            DevicePlan.plug(node, deployments);
            progress.say("%s: %s", name, String.join(" ", node.devices().devices()));
        }
    }

    private void startOperators() throws IOException {
        for (int i = 0; i < options.replicas(); i++) {
            Map<String, String> environment = new HashMap<>(distribution.operatorEnvironment());
            environment.put(OperatorProcess.POD_NAME, "operator-" + i);
            OperatorProcess operator = cluster.startOperator(distribution.operatorCommand(), environment);
            operators.add(operator);
            progress.say("%s started, process %d, output in %s", operator.name(), operator.pid(), operator.log());
        }
    }

    private boolean becomesReady(DeploymentWatch watch, Timeline timeline) {
        Optional<Long> ready = watch.await(d -> Statuses.isTrue(d, ConditionType.Ready), LIMIT);
        if (ready.isEmpty()) {
            progress.say("not Ready within %d s", LIMIT.toSeconds());
            return false;
        }
        timeline.print(ready.get(), progress);
        return true;
    }

    private boolean podGetsDevice(DevicePluginDeployment deployment) {
        Optional<String> offered = offered(deployment, cluster.node("node-2"));
        if (offered.isEmpty()) {
            progress.say("node-2 offers none of the resources: nothing to ask for");
            return false;
        }
        return new DeviceHolder(cluster, progress, LIMIT).gets(offered.get(), "node-2");
    }

    static Optional<String> offered(DevicePluginDeployment deployment, SimulatedNode node) {
        return deployment.getSpec().resources().stream()
                .map(resource -> resource.name())
                .filter(resource -> node.kubelet().allocatable().getOrDefault(resource, 0) > 0)
                .findFirst();
    }

    private boolean deviceGoesAndComesBack(DeploymentWatch watch, DevicePluginDeployment deployment) {
        SimulatedNode node = cluster.node("node-3");
        Optional<String> loss = node.devices().devices().stream().findFirst();
        if (loss.isEmpty() || offered(deployment, node).isEmpty()) {
            progress.say("node-3 has no device to take away");
            return false;
        }
        String path = loss.get();
        KubeletEar ear = new KubeletEar(node);
        progress.say("unplug %s on node-3", path);
        long unplugged = System.nanoTime();
        node.devices().unplug(path);
        Optional<Long> seen = watch.await(d -> Statuses.lists(d, "node-3", path), LIMIT);
        if (seen.isEmpty()) {
            progress.say("the status never listed it");
            return false;
        }
        progress.say(
                "unplug -> kubelet told: %.1f ms, -> status of the CR: %.1f ms (a report is written at most once a second)",
                ear.millisSince(unplugged), (seen.get() - unplugged) / 1e6);
        long replugged = System.nanoTime();
        node.devices().replug(path);
        progress.say("plug %s in again", path);
        Optional<Long> back =
                watch.await(d -> !Statuses.lists(d, "node-3", path) && Statuses.isTrue(d, ConditionType.Ready), LIMIT);
        if (back.isEmpty()) {
            progress.say("the status never recovered");
            return false;
        }
        progress.say("plug -> status Ready again: %.1f ms", (back.get() - replugged) / 1e6);
        return true;
    }

    private boolean leaderMayDie(DeploymentWatch watch) {
        return operators.size() == 1 || new LeaderLoss(cluster, operators, progress, LIMIT).observe(watch);
    }

    private void printStatus(DeploymentWatch watch) {
        watch.latest().ifPresent(deployment -> {
            progress.say("final status:");
            progress.plain(Serialization.asYaml(Map.of("status", deployment.getStatus())));
        });
    }

    @Override
    public void close() {
        cluster.close();
    }
}
