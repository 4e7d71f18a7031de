package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.PodChange;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Distribution;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One deployment with nodes of its own, for rollouts: every image is the real agent, or the real agent gone wrong. */
final class Rolling {
    static final String FIRST_IMAGE = "agent:1";
    static final int DEVICES = 2;

    private final Line line;
    private final String name;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private DeploymentWatch watch;
    private long moment;

    /**
     * Makes nodes, and a deployment that is complete and ready on them.
     *
     * @param name of the deployment, of its resource and of its devices; its nodes are name-1, name-2, ...
     */
    static Rolling ready(Line line, String name, int nodes) throws IOException {
        Rolling rolling = new Rolling(line, name);
        rolling.image(FIRST_IMAGE, "");
        for (int i = 1; i <= nodes; i++) {
            rolling.addNode(name + "-" + i);
        }
        rolling.apply(FIRST_IMAGE, "{}");
        line.awaitReady(rolling.watch);
        rolling.moment = line.cluster().history().now();
        return rolling;
    }

    private Rolling(Line line, String name) {
        this.line = line;
        this.name = name;
    }

    /** Puts an image into the registry: the agent after this piece of shell. */
    void image(String image, String shell) {
        Image agent = Distribution.builtIn(Line.project()).agent();
        line.cluster().images().add(image, shell.isEmpty() ? agent : agent.after(shell));
    }

    SimulatedNode addNode(String node) throws IOException {
        SimulatedNode added = line.node(node, name, name, DEVICES);
        nodes.add(added);
        return added;
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    /**
     * Applies the spec with another image.
     *
     * @param rollout the section of that name, such as {@code {maxUnavailable: 2}}
     */
    void apply(String image, String rollout) {
        moment = line.cluster().history().now();
        watch = line.apply(Line.manifest(name, "example.com/" + name, "/dev/" + name + "*", name)
                + "  agent: {image: \"" + image + "\"}\n  rollout: " + rollout + "\n");
    }

    DevicePluginDeployment deployment() {
        return watch.latest().orElseThrow();
    }

    RolloutStatus status() {
        return deployment().getStatus().rollout();
    }

    /** Waits until the rollout of the newest spec is in this phase and its message tells this. */
    void await(ConditionReason phase, String told) {
        line.await(
                watch,
                phase + ", telling " + told,
                d -> Statuses.isCurrent(d)
                        && phase.name().equals(d.getStatus().rollout().phase())
                        && d.getStatus().rollout().message().contains(told));
    }

    /** Waits until the status tells this of a node. */
    void awaitProblem(String node, String reason) {
        line.await(
                watch,
                node + " " + reason,
                d -> d.getStatus().nodeProblems().stream()
                        .anyMatch(problem ->
                                problem.node().equals(node) && problem.reason().equals(reason)));
    }

    /** Waits until every node that counts has the image and all is well. */
    void awaitComplete(String image) {
        await(ConditionReason.Complete, "");
        line.awaitReady(watch);
        assertThat(images()).containsOnly(image);
    }

    /** Waits until the nodes have their first image again and offer all of their devices. */
    void awaitBack(String failure) {
        await(ConditionReason.RolledBack, "is back on every node");
        assertThat(status().failure()).contains(failure);
        line.await(watch, "agents ready", d -> Statuses.isTrue(d, ConditionType.AgentsReady));
        assertThat(images()).containsOnly(FIRST_IMAGE);
        assertThat(deployment().getSpec().agent().image()).isNotEqualTo(FIRST_IMAGE);
        nodes.forEach(node -> Line.eventually()
                .untilAsserted(
                        () -> assertThat(node.kubelet().allocatable()).containsEntry("example.com/" + name, DEVICES)));
    }

    /** Images of the agents, as far as they run. */
    List<String> images() {
        return agents().stream()
                .map(pod -> pod.getSpec().getContainers().get(0).getImage())
                .toList();
    }

    Optional<Pod> agent(String node) {
        return agents().stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .findFirst();
    }

    private List<Pod> agents() {
        return line.client()
                .pods()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .withLabel("devicemgr.io/deployment", name)
                .list()
                .getItems();
    }

    /** What has happened to the agents since the newest spec. */
    List<PodChange> changes(PodChange.Kind kind) {
        return line.cluster().history().since(moment).stream()
                .filter(change -> change.kind() == kind && change.has(label()))
                .toList();
    }

    /** Waits until an agent has been taken away since the newest spec. */
    PodChange firstDeleted() {
        return Line.eventually()
                .until(() -> changes(PodChange.Kind.DELETED).stream().findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** How often the agent of each node was replaced since the newest spec. */
    Map<String, Long> replaced() {
        return changes(PodChange.Kind.DELETED).stream()
                .collect(Collectors.groupingBy(PodChange::node, Collectors.counting()));
    }

    int mostAway() {
        return line.cluster().history().mostAway(label(), moment);
    }

    private String label() {
        return "devicemgr.io/deployment=" + name;
    }
}
