package io.devicemgr.operator.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.operator.OperatorMain;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.testkit.AheadClock;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A simulated cluster with the operator in it. What the test does to the cluster is not counted as a request. */
final class World implements AutoCloseable {
    static final String NAMESPACE = "devices";
    static final String SERIAL = "example.com/serial";

    final SimulatedApiServer server = SimulatedApiServer.started();
    final KubernetesClient client =
            new KubernetesClientBuilder().withConfig(server.clientConfig()).build();
    /** The operator's. */
    private final AheadClock clock = new AheadClock();

    /** How often the operator has wanted to end its process. */
    final AtomicInteger exits = new AtomicInteger();

    private OperatorMain operator;

    World() {
        for (String file : List.of("deviceplugindeployments", "nodedevicereports")) {
            server.applyYaml(read(Path.of("../crds/yaml/" + file + ".devicemgr.io.yaml")));
        }
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: " + NAMESPACE + "}}");
    }

    World started() {
        return started(server.clientConfig());
    }

    /** An operator whose client has other time limits. */
    World started(Config connection) {
        try {
            operator = OperatorMain.start(
                    new OperatorConfig(NAMESPACE, "registry.example.com/agent:1", 0),
                    connection,
                    clock,
                    exits::incrementAndGet);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the operator's clock forward. What it has planned already comes when it was planned. */
    void later(Duration time) {
        clock.advance(time);
    }

    World stopOperator() {
        operator.close();
        operator = null;
        return this;
    }

    int healthPort() {
        return operator.healthPort();
    }

    /** Answer of the operator's HTTP port: "200 ok", for example. */
    String ask(String path) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort() + path))
                                    .build(),
                            BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }

    /** Applies a deployment of one resource; the rest of the spec as YAML in flow style. */
    void deploy(String name, String resource, String more) {
        server.applyYaml("""
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: %s}
                spec: {resources: [{name: %s, discover: [{path: {glob: "/dev/ttyUSB*"}}]}]%s}
                """.formatted(name, resource, more));
    }

    void node(String name, int allocatable) {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .withNewStatus()
                .addToAllocatable(SERIAL, new Quantity(Integer.toString(allocatable)))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
        put("nodes", node);
    }

    /** Plays the DaemonSet controller and the kubelets: every node without an agent gets one, and it is ready. */
    void runAgents(String deployment) {
        DaemonSet set = client.apps()
                .daemonSets()
                .inNamespace(NAMESPACE)
                .withName("devicemgr-" + deployment)
                .get();
        client.nodes().list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .filter(node -> pod(deployment, node) == null)
                .forEach(node -> put("pods", agent(set, deployment, node)));
        observeTemplate(deployment);
    }

    /** Plays the DaemonSet controller: it makes pods of the newest template from now on. */
    void observeTemplate(String deployment) {
        change("daemonsets.apps", NAMESPACE, "devicemgr-" + deployment, tree -> {
            tree.withObject("/status")
                    .put("observedGeneration", tree.at("/metadata/generation").asLong());
            return tree;
        });
    }

    private static Pod agent(DaemonSet set, String deployment, String node) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(podName(deployment, node))
                .withLabels(set.getSpec().getTemplate().getMetadata().getLabels())
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("DaemonSet")
                .withName(set.getMetadata().getName())
                .withUid(set.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewContainer()
                .withName("agent")
                .withImage("agent:1")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    /** Plays the DaemonSet controller when admission refuses its pods. */
    void refusePods(String deployment, String message) {
        client.resource(new EventBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName("refused")
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind("DaemonSet")
                        .withName("devicemgr-" + deployment)
                        .withNamespace(NAMESPACE)
                        .withUid(daemonSet(deployment).getMetadata().getUid())
                        .endInvolvedObject()
                        .withReason("FailedCreate")
                        .withMessage(message)
                        .withLastTimestamp("2026-01-01T00:00:00Z")
                        .build())
                .create();
    }

    /** Plays a kubelet whose pod has no container yet. */
    void unready(String deployment, String node) {
        change("pods", NAMESPACE, podName(deployment, node), pod -> {
            pod.putObject("status").put("phase", "Pending");
            return pod;
        });
    }

    /** Plays a kubelet that cannot mount a volume of an agent. */
    void failMount(String deployment, String node, String message) {
        Pod pod = pod(deployment, node);
        client.resource(new EventBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(pod.getMetadata().getName() + ".1")
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind("Pod")
                        .withName(pod.getMetadata().getName())
                        .withNamespace(NAMESPACE)
                        .withUid(pod.getMetadata().getUid())
                        .endInvolvedObject()
                        .withReason("FailedMount")
                        .withMessage(message)
                        .withLastTimestamp("2026-01-01T00:00:00Z")
                        .build())
                .create();
    }

    Pod pod(String deployment, String node) {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withName(podName(deployment, node))
                .get();
    }

    List<Pod> pods(String deployment) {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withLabel("devicemgr.io/deployment", deployment)
                .list()
                .getItems();
    }

    static String podName(String deployment, String node) {
        return "agent-" + deployment + "-" + node;
    }

    /** Plays the agent: its report lists devices, the last of which may be missing. */
    void report(String deployment, String node, int healthy, boolean oneMissing) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.getMetadata().setName(NodeDeviceReport.nameOf(deployment, node));
        report.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion("devicemgr.io/v1alpha1")
                        .withKind("DevicePluginDeployment")
                        .withName(deployment)
                        .withUid(deployment(deployment).getMetadata().getUid())
                        .build()));
        report.setSpec(new NodeDeviceReportSpec(deployment, node));
        report.setStatus(new NodeDeviceReportStatus(
                "1",
                pod(deployment, node).getMetadata().getLabels().get("devicemgr.io/revision"),
                NodeDeviceReportStatus.KubeletSocket.Present,
                null,
                null,
                List.of(new NodeDeviceReportStatus.Resource(SERIAL, true, true, now(), null, null, null, null, null)),
                IntStream.range(0, healthy + (oneMissing ? 1 : 0))
                        .mapToObj(i -> device("tty" + i, i < healthy))
                        .toList(),
                null,
                null,
                null));
        put("nodedevicereports.devicemgr.io", report);
    }

    private static NodeDeviceReportStatus.Device device(String id, boolean healthy) {
        return new NodeDeviceReportStatus.Device(
                SERIAL,
                id,
                List.of("/dev/" + id),
                null,
                healthy ? DeviceHealth.Healthy : DeviceHealth.Unhealthy,
                healthy ? DeviceReason.Present : DeviceReason.Missing,
                null,
                now(),
                null,
                List.of());
    }

    private static String now() {
        return Clock.systemUTC().instant().toString();
    }

    /** Creates an object with its status, or changes spec and status of what is there. */
    void put(String resource, HasMetadata object) {
        ObjectNode tree = client.getKubernetesSerialization().convertValue(object, ObjectNode.class);
        String namespace = object.getMetadata().getNamespace() == null
                ? ""
                : object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        if (server.objects().get(resource, namespace, name).isEmpty()) {
            server.objects().create(resource, tree.deepCopy());
        }
        change(resource, namespace, name, found -> {
            found.set("status", tree.get("status"));
            return found;
        });
    }

    void change(String resource, String namespace, String name, UnaryOperator<ObjectNode> status) {
        server.objects().updateStatus(resource, namespace, name, status);
    }

    DevicePluginDeployment deployment(String name) {
        return client.resources(DevicePluginDeployment.class).withName(name).get();
    }

    /** "True Reason" of a condition, or "none". */
    String condition(String deployment, String type) {
        DevicePluginDeployment found = deployment(deployment);
        return found == null || found.getStatus() == null
                ? "none"
                : found.getStatus().conditions().stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .map(condition -> condition.getStatus() + " " + condition.getReason())
                        .findFirst()
                        .orElse("none");
    }

    String message(String deployment, String type) {
        return deployment(deployment).getStatus().conditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .map(Condition::getMessage)
                .findFirst()
                .orElse("");
    }

    List<ConfigMap> settings(String deployment) {
        return client.configMaps()
                .inNamespace(NAMESPACE)
                .withLabels(Map.of("devicemgr.io/deployment", deployment))
                .list()
                .getItems();
    }

    DaemonSet daemonSet(String deployment) {
        return client.apps()
                .daemonSets()
                .inNamespace(NAMESPACE)
                .withName("devicemgr-" + deployment)
                .get();
    }

    /** Two nodes, and a deployment "lab" that is ready on both. */
    World withReadyFleet() {
        node("w-1", 2);
        node("w-2", 2);
        deploy("lab", SERIAL, "");
        eventually().until(() -> daemonSet("lab") != null);
        runAgents("lab");
        report("lab", "w-1", 2, false);
        report("lab", "w-2", 2, false);
        eventually().until(() -> condition("lab", "Ready").equals("True AllDevicesReady"));
        // The last that is written about a rollout, after the status.
        eventually()
                .until(() -> client.v1().events().inNamespace("default").list().getItems().stream()
                        .anyMatch(event -> event.getReason().equals("RolloutComplete")));
        return this;
    }

    @Override
    public void close() {
        if (operator != null) {
            operator.close();
        }
        client.close();
        server.close();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
