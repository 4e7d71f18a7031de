package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The main job on one machine: a cluster of three nodes, the real operator and agents, a deployment applied, a pod that gets
 * a device, a device that goes and comes back. It has succeeded only when all of that was observed.
 */
final class Sandbox implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration NODE_STATUS_INTERVAL = Duration.ofSeconds(1);
    private static final String CONSUMER_IMAGE = "consumer:sandbox";
    private static final String CONSUMER = "consumer";

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

    /** Whether everything was observed. */
    boolean run() throws IOException {
        List<HasMetadata> manifest = load(options.manifest());
        List<DevicePluginDeployment> deployments = manifest.stream()
                .filter(DevicePluginDeployment.class::isInstance)
                .map(DevicePluginDeployment.class::cast)
                .toList();
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
            boolean observed = apply(manifest)
                    && becomesReady(watch, timeline)
                    && podGetsDevice(deployments.get(0))
                    && deviceGoesAndComesBack(watch, deployments.get(0))
                    && leaderMayDie(watch)
                    && contractKept();
            printStatus(watch);
            return observed;
        }
    }

    private List<HasMetadata> load(Path file) throws IOException {
        try (InputStream yaml = Files.newInputStream(file)) {
            return cluster.client().load(yaml).items();
        }
    }

    private void startNodes(List<DevicePluginDeployment> deployments) throws IOException {
        cluster.images().add(Distribution.AGENT_IMAGE, distribution.agent()).add(CONSUMER_IMAGE, Image.IDLE);
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

    private boolean apply(List<HasMetadata> manifest) {
        for (HasMetadata object : manifest) {
            try {
                cluster.client().resource(object).fieldManager("sandbox").serverSideApply();
            } catch (KubernetesClientException e) {
                progress.say(
                        "refused: %s",
                        e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage());
                return false;
            }
            progress.say("applied %s %s", object.getKind(), object.getMetadata().getName());
        }
        return true;
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
        String resource = offered.get();
        cluster.client().resource(consumer(resource)).create();
        Pod pod = cluster.client()
                .pods()
                .inNamespace("default")
                .withName(CONSUMER)
                .waitUntilCondition(
                        p -> p != null
                                && p.getStatus() != null
                                && !"Pending".equals(p.getStatus().getPhase()),
                        LIMIT.toSeconds(),
                        TimeUnit.SECONDS);
        progress.say(
                "pod %s asks for 1 %s: %s on %s",
                CONSUMER, resource, pod.getStatus().getPhase(), pod.getSpec().getNodeName());
        Optional<ContainerDevices> given =
                cluster.node(pod.getSpec().getNodeName()).containerDevices("default", CONSUMER, "main");
        given.ifPresent(this::print);
        return given.filter(g -> g.ids(resource).size() == 1 && !g.devices().isEmpty())
                .isPresent();
    }

    private static Optional<String> offered(DevicePluginDeployment deployment, SimulatedNode node) {
        return deployment.getSpec().resources().stream()
                .map(resource -> resource.name())
                .filter(resource -> node.kubelet().allocatable().getOrDefault(resource, 0) > 0)
                .findFirst();
    }

    private static Pod consumer(String resource) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(CONSUMER)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .addToNodeSelector("kubernetes.io/hostname", "node-2")
                .addNewContainer()
                .withName("main")
                .withImage(CONSUMER_IMAGE)
                .withNewResources()
                .addToLimits(resource, new Quantity("1"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }

    private void print(ContainerDevices given) {
        given.deviceIds().forEach((resource, ids) -> progress.say("  %s = %s", resource, String.join(",", ids)));
        given.devices()
                .forEach(d -> progress.say("  device %s as %s (%s)", d.hostPath(), d.containerPath(), d.permissions()));
        given.env().forEach((key, value) -> progress.say("  env %s=%s", key, value));
        given.mounts()
                .forEach(m -> progress.say(
                        "  mount %s at %s%s", m.hostPath(), m.containerPath(), m.readOnly() ? " (read-only)" : ""));
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

    private boolean contractKept() {
        boolean kept = true;
        for (SimulatedNode node : cluster.nodes().values()) {
            for (Object violation : node.kubelet().violations()) {
                progress.say("%s: the kubelet saw a violation of its contract: %s", node.name(), violation);
                kept = false;
            }
        }
        return kept;
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
