package io.devicemgr.testkit.trouble;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Where one trouble plays: a deployment and nodes of its own, all called after the trouble, in a cluster that others use too. */
public final class Stage {
    static final String RESOURCE = "example.com/serial";

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static final Duration STEP = Duration.ofMillis(500);

    private final Scene scene;
    private final String name;

    Stage(Scene scene, String name) {
        this.scene = scene;
        this.name = name;
    }

    Scene scene() {
        return scene;
    }

    SimulatedCluster cluster() {
        return scene.cluster();
    }

    KubernetesClient client() {
        return cluster().client();
    }

    /** Name of the trouble, of its deployment and of the pool of its nodes. */
    public String name() {
        return name;
    }

    /** Name of its first node. */
    String node() {
        return node(1);
    }

    String node(int number) {
        return name + "-" + number;
    }

    SimulatedNode machine() {
        return cluster().node(node());
    }

    /** Adds the next node of the pool with the devices /dev/ttyUSB0, 1, ... */
    SimulatedNode addNode(int devices) throws IOException {
        return addNode(devices, kubelet -> kubelet);
    }

    /** The same with a kubelet of other settings. */
    SimulatedNode addNode(int devices, UnaryOperator<SimulatedKubeletOptions> kubelet) throws IOException {
        int number = 1;
        while (cluster().node(node(number)) != null) {
            number++;
        }
        SimulatedNode node = cluster().addNode(node(number), Map.of("pool", name), kubelet);
        for (int i = 0; i < devices; i++) {
            node.devices().plug(device(i), DeviceTree.machineDevices().get(i));
        }
        return node;
    }

    static String device(int number) {
        return "/dev/ttyUSB" + number;
    }

    /** The deployment as it should be, and more lines of its spec. */
    String manifest(String... more) {
        return other(name, more);
    }

    String other(String deployment, String... more) {
        return """
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: %s}
                spec:
                  placement: {nodeSelector: {pool: %s}}
                  rollout: {strategy: AllAtOnce}
                  resources:
                  - name: %s
                    discover:
                    - path: {glob: "/dev/ttyUSB*"}
                """.formatted(deployment, name, RESOURCE)
                + String.join(
                        "",
                        List.of(more).stream().map(line -> "  " + line + "\n").toList());
    }

    void apply(String manifest) {
        client().resource(Serialization.unmarshal(manifest, GenericKubernetesResource.class))
                .fieldManager("kubectl")
                .forceConflicts()
                .serverSideApply();
    }

    /** A node with two devices, and the deployment ready on it. */
    void ready() throws IOException {
        addNode(2);
        apply(manifest());
        awaitReady();
    }

    /** Ready with agents: before the operator has seen a new node, a deployment is ready without. */
    void awaitReady() {
        await(
                "Ready",
                d -> Statuses.isTrue(d, ConditionType.Ready)
                        && d.getStatus().nodes().ready() > 0);
    }

    void awaitDevices(int healthy) {
        await(
                healthy + " devices",
                d -> Statuses.isCurrent(d)
                        && Statuses.isTrue(d, ConditionType.Ready)
                        && d.getStatus().devices().healthy() == healthy);
    }

    /** Waits until a condition has the reason and names the culprit. */
    void await(ConditionType type, ConditionReason reason, String culprit) {
        await(name, type, reason, culprit);
    }

    void await(String deployment, ConditionType type, ConditionReason reason, String culprit) {
        await(
                deployment,
                type + " " + reason + " " + culprit,
                d -> Statuses.condition(d, type)
                        .filter(c -> c.getReason().equals(reason.name())
                                && c.getMessage().contains(culprit))
                        .isPresent());
    }

    /** Waits until the status has a word for the node. */
    void awaitProblem(String reason) {
        await(
                reason,
                d -> d.getStatus() != null
                        && d.getStatus().nodeProblems().stream()
                                .anyMatch(problem -> problem.reason().equals(reason)));
    }

    void awaitUnhealthy(String reason) {
        await(
                reason,
                d -> d.getStatus() != null
                        && d.getStatus().unhealthyDevices().stream()
                                .anyMatch(device -> reason.equals(String.valueOf(device.reason()))));
    }

    void await(String what, Predicate<DevicePluginDeployment> expected) {
        await(name, what, expected);
    }

    void await(String deployment, String what, Predicate<DevicePluginDeployment> expected) {
        try (DeploymentWatch watch = new DeploymentWatch(client(), deployment)) {
            if (watch.await(expected, LIMIT).isEmpty()) {
                throw new IllegalStateException(deployment + " never came to " + what + ", but is\n"
                        + Serialization.asYaml(watch.latest().orElse(null)));
            }
        }
    }

    /** Does something again and again, until a condition is as expected, for example "True Applied". */
    void awaitWhile(Runnable step, ConditionType type, String expected) {
        try (DeploymentWatch watch = new DeploymentWatch(client(), name)) {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            do {
                step.run();
            } while (watch.await(
                                    d -> Statuses.condition(d, type)
                                            .filter(c -> expected.equals(c.getStatus() + " " + c.getReason()))
                                            .isPresent(),
                                    STEP)
                            .isEmpty()
                    && System.nanoTime() < deadline);
        }
    }

    void awaitGone() {
        client().resources(DevicePluginDeployment.class)
                .withName(name)
                .waitUntilCondition(Objects::isNull, LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits for an event about the deployment: it is written after the status. */
    void awaitEvent(String reason) {
        awaitEvents(reason, 1);
    }

    void awaitEvents(String reason, int count) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        client().v1()
                .events()
                .inNamespace("default")
                .informOnCondition(events -> events.stream()
                                .filter(event ->
                                        name.equals(event.getInvolvedObject().getName())
                                                && reason.equals(event.getReason()))
                                .mapToInt(event -> Objects.requireNonNullElse(event.getCount(), 1))
                                .sum()
                        >= count)
                .orTimeout(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                .join();
    }

    /** A pod that asks for one device of ours. */
    void consumer(String pod, String more) {
        client().resource(Serialization.unmarshal("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: %s, namespace: default}
                        spec:
                          %s
                          containers:
                          - name: main
                            image: %s
                            resources: {limits: {%s: 1}}
                        """.formatted(pod, more, Scene.CONSUMER_IMAGE, RESOURCE), Pod.class))
                .create();
    }

    void awaitPod(String pod, Predicate<Pod> expected) {
        client().pods()
                .inNamespace("default")
                .withName(pod)
                .waitUntilCondition(p -> p != null && p.getStatus() != null && expected.test(p), 90, TimeUnit.SECONDS);
    }

    /** The DaemonSet controller makes new ones. */
    void deleteAgents() {
        client().pods()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .withLabel("devicemgr.io/deployment", name)
                .delete();
    }

    void delete(String deployment) {
        client().resources(DevicePluginDeployment.class).withName(deployment).delete();
    }

    Optional<DevicePluginDeployment> deployment() {
        return Optional.ofNullable(
                client().resources(DevicePluginDeployment.class).withName(name).get());
    }

    /** Takes away all that is left. */
    public void strike() throws IOException {
        for (String node : cluster().nodes().keySet()) {
            if (node.matches(name + "-\\d+")) {
                cluster().removeNode(node);
            }
        }
        delete(name);
    }
}
