package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Distribution;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** The whole line for a test: a simulated cluster that holds agents to their reports, nodes with devices, and the operator as it was built. */
final class Line implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final SimulatedCluster cluster;
    private final Distribution distribution = Distribution.builtIn(project());
    private final List<DeploymentWatch> watches = new ArrayList<>();
    private final Set<Path> logs = new LinkedHashSet<>();
    private OperatorProcess operator;

    private Line(SimulatedCluster cluster) {
        this.cluster = cluster;
        cluster.images().add(Distribution.AGENT_IMAGE, distribution.agent());
    }

    static Line start() throws IOException {
        Line line = prepare();
        line.startOperator();
        return line;
    }

    /** A line whose operator has not been started yet. */
    static Line prepare() throws IOException {
        Line line = new Line(SimulatedCluster.start(Duration.ofSeconds(1)));
        line.cluster.apiServer().applyYaml(ReportPolicy.YAML);
        return line;
    }

    static Path project() {
        return Path.of(System.getProperty("user.dir")).getParent();
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    KubernetesClient client() {
        return cluster.client();
    }

    OperatorProcess operator() {
        return operator;
    }

    void startOperator() throws IOException {
        operator = startOperator("operator-0", Map.of());
    }

    /** One operator of several, under the name of its pod. */
    OperatorProcess startOperator(String name, Map<String, String> more) throws IOException {
        Map<String, String> environment = new HashMap<>(distribution.operatorEnvironment());
        environment.put(OperatorProcess.POD_NAME, name);
        environment.putAll(more);
        OperatorProcess started = cluster.startOperator(distribution.operatorCommand(), environment);
        logs.add(started.log());
        return started;
    }

    /** Adds a node with the devices /dev/&lt;prefix&gt;0, 1, ... */
    SimulatedNode node(String name, String devicePrefix, int devices) throws IOException {
        return node(name, name, devicePrefix, devices);
    }

    /** The same for a node that shares its label pool with others. */
    SimulatedNode node(String name, String pool, String devicePrefix, int devices) throws IOException {
        SimulatedNode node = cluster.addNode(name, Map.of("pool", pool));
        List<Path> machine = DeviceTree.machineDevices();
        for (int i = 0; i < devices; i++) {
            node.devices().plug("/dev/" + devicePrefix + i, machine.get(i));
        }
        return node;
    }

    /** A deployment of one resource on the node (by its label pool) or, with an empty name, on all nodes. */
    static String manifest(String name, String resource, String glob, String node) {
        return """
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: %s}
                spec:
                  placement: {nodeSelector: %s}
                  resources:
                  - name: %s
                    discover:
                    - path: {glob: "%s"}
                """.formatted(name, node.isEmpty() ? "{}" : "{pool: " + node + "}", resource, glob);
    }

    DeploymentWatch apply(String manifest) {
        GenericKubernetesResource deployment = Serialization.unmarshal(manifest, GenericKubernetesResource.class);
        client().resource(deployment).fieldManager("test").forceConflicts().serverSideApply();
        DeploymentWatch watch =
                new DeploymentWatch(client(), deployment.getMetadata().getName());
        watches.add(watch);
        return watch;
    }

    /** Waits for what does not show in a status. */
    static ConditionFactory eventually() {
        return Awaitility.await().atMost(LIMIT);
    }

    /** Waits until the deployment is as expected, or fails with the status that it has. */
    void await(DeploymentWatch watch, String what, Predicate<DevicePluginDeployment> expected) {
        assertThat(watch.await(expected, LIMIT))
                .as(() -> what + "; but it is\n"
                        + Serialization.asYaml(watch.latest().orElse(null)) + "\nreports:\n"
                        + Serialization.asYaml(
                                client().resources(NodeDeviceReport.class).list())
                        + logs.stream()
                                .map(log -> "\n" + log + ":\n" + tail(log))
                                .collect(Collectors.joining()))
                .isPresent();
    }

    void awaitReady(DeploymentWatch watch) {
        await(watch, "Ready", d -> Statuses.isTrue(d, ConditionType.Ready));
    }

    /** Waits for a condition that is False for this reason, and whose message names the culprit. */
    void awaitFalse(DeploymentWatch watch, ConditionType type, ConditionReason reason, String culprit) {
        await(
                watch,
                type + " False for " + reason + " naming " + culprit,
                d -> Statuses.condition(d, type)
                        .filter(c -> isFalse(c, reason) && c.getMessage().contains(culprit))
                        .isPresent());
    }

    private static boolean isFalse(Condition condition, ConditionReason reason) {
        return condition.getStatus().equals("False") && condition.getReason().equals(reason.name());
    }

    /** The agent's pod on a node. */
    Pod agent(String deployment, String node) {
        List<Pod> pods = client().pods().inNamespace(SimulatedCluster.NAMESPACE).list().getItems().stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .filter(pod -> pod.getMetadata().getLabels().containsValue(deployment))
                .toList();
        assertThat(pods).hasSize(1);
        return pods.get(0);
    }

    /** The last lines of a log, for messages of failed tests. */
    static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        watches.forEach(DeploymentWatch::close);
        cluster.close();
    }
}
