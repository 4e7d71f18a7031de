package io.devicemgr.e2e;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Distribution;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.assertj.core.api.Assertions;

/**
 * A cluster whose operator comes and goes with a release of the chart: its pods, those of the agents and those of hooks are
 * processes on simulated nodes.
 */
final class Installation implements AutoCloseable {
    private final SimulatedCluster cluster = SimulatedCluster.empty(Duration.ofSeconds(1));
    private final Release release = new Release(cluster.apiServer(), SimulatedCluster.NAMESPACE);
    private final List<DeploymentWatch> watches = new ArrayList<>();
    private volatile Duration ahead = Duration.ZERO;

    private Installation() throws IOException {
        Distribution built = Distribution.builtIn(Line.project());
        image("operator", VersionTest.release(), built.operator());
        image("agent", VersionTest.release(), built.agent());
        cluster.images().add("consumer", new Image(List.of("/bin/sleep", "86400"), Map.of()));
        // The first by name: who is no agent runs there, so that a node may go without taking the operator along.
        cluster.addNode("control", Map.of("pool", "control"));
        cluster.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SimulatedCluster.NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
    }

    /** A cluster in which nothing of ours has ever been. */
    static Installation empty() throws IOException {
        return new Installation();
    }

    /** Puts an image into the registry under the name that a release gives it. */
    void image(String half, String version, Image image) {
        cluster.images().add("device-plugin-" + half + ":" + version, image);
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    Release release() {
        return release;
    }

    /** A node with the devices /dev/&lt;prefix&gt;0, 1, ... */
    SimulatedNode node(String name, String prefix, int devices) throws IOException {
        SimulatedNode node = cluster.addNode(
                name,
                Map.of("pool", prefix),
                kubelet -> kubelet.withClock(() -> Instant.now().plus(ahead)));
        plug(node, prefix, devices);
        return node;
    }

    void plug(SimulatedNode node, String prefix, int devices) throws IOException {
        List<Path> machine = DeviceTree.machineDevices();
        for (int i = 0; i < devices; i++) {
            node.devices().plug("/dev/" + prefix + i, machine.get(i));
        }
    }

    /** Puts the clocks of the kubelets forward. */
    void later(Duration time) {
        ahead = ahead.plus(time);
    }

    DeploymentWatch apply(String manifest) {
        GenericKubernetesResource deployment = Serialization.unmarshal(manifest, GenericKubernetesResource.class);
        cluster.client()
                .resource(deployment)
                .fieldManager("test")
                .forceConflicts()
                .serverSideApply();
        return watch(deployment.getMetadata().getName());
    }

    DeploymentWatch watch(String deployment) {
        DeploymentWatch watch = new DeploymentWatch(cluster.client(), deployment);
        watches.add(watch);
        return watch;
    }

    void awaitReady(DeploymentWatch watch) {
        Assertions.assertThat(watch.await(d -> Statuses.isTrue(d, ConditionType.Ready), Line.LIMIT))
                .as(() -> "Ready; but it is\n"
                        + Serialization.asYaml(watch.latest().orElse(null)) + logs())
                .isPresent();
    }

    /** The operator's pods. */
    List<Pod> operators() {
        return pods(pod -> Release.NAME.equals(pod.getMetadata().getLabels().get("app.kubernetes.io/name")));
    }

    List<Pod> pods(Predicate<Pod> which) {
        return cluster.client().pods().inNamespace(SimulatedCluster.NAMESPACE).list().getItems().stream()
                .filter(which)
                .toList();
    }

    /** The last lines of what every pod has said. */
    String logs() {
        StringBuilder all = new StringBuilder();
        pods(pod -> pod.getSpec().getNodeName() != null)
                .forEach(pod -> pod.getSpec()
                        .getContainers()
                        .forEach(container -> all.append("\n")
                                .append(pod.getMetadata().getName())
                                .append(":\n")
                                .append(Line.tail(cluster.node(pod.getSpec().getNodeName())
                                        .log(pod.getMetadata().getName(), container.getName())))));
        return all.toString();
    }

    @Override
    public void close() {
        watches.forEach(DeploymentWatch::close);
        try {
            cluster.nodes().values().forEach(node -> node.kubelet().assertNoViolations());
        } finally {
            cluster.close();
        }
    }
}
