package io.devicemgr.testkit.cluster;

import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A cluster with one DaemonSet whose pods are shells, for tests of what a cluster does to it. */
final class DaemonScene implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    static final String LABEL = "app=daemon";

    private static final String NAMESPACE = SimulatedCluster.NAMESPACE;
    private static final String DAEMON_SET = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: daemon, namespace: device-plugin-operator}
            spec:
              selector: {matchLabels: {app: daemon}}
              updateStrategy: {type: OnDelete}
              template:
                metadata: {labels: {app: daemon, version: "VERSION"}}
                spec:
                  nodeSelector: {SELECTOR}
                  terminationGracePeriodSeconds: 2
                  containers:
                  - name: main
                    image: IMAGE
                    terminationMessagePolicy: FallbackToLogsOnError
            """;

    private final SimulatedCluster cluster;
    private final List<Pod> seen = new CopyOnWriteArrayList<>();

    DaemonScene() throws IOException {
        cluster = SimulatedCluster.start(Duration.ofSeconds(1));
        cluster.apiServer().objects().onEvent(event -> {
            if (event.resource().equals("pods")) {
                seen.add(cluster.client().getKubernetesSerialization().convertValue(event.object(), Pod.class));
            }
        });
        cluster.images().add("sleep", new Image(List.of("/bin/sleep", "600"), Map.of()));
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    SimulatedNode node(String name) throws IOException {
        return cluster.addNode(name, Map.of("disk", "fast"));
    }

    void apply(String version, String image) {
        apply(version, image, "disk: fast");
    }

    void apply(String version, String image, String selector) {
        cluster.apiServer()
                .applyYaml(DAEMON_SET
                        .replace("VERSION", version)
                        .replace("IMAGE", image)
                        .replace("SELECTOR", selector));
    }

    List<Pod> pods() {
        return cluster.client().pods().inNamespace(NAMESPACE).list().getItems();
    }

    Optional<Pod> pod(String node) {
        return pods().stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .findFirst();
    }

    /** Waits until the node's pod is ready, and for another than this one; null for any. */
    Pod readyPod(String node, Pod but) {
        String uid = but == null ? "" : but.getMetadata().getUid();
        return awaitPod(
                node,
                pod -> isReady(pod)
                        && pod.getMetadata().getDeletionTimestamp() == null
                        && !pod.getMetadata().getUid().equals(uid));
    }

    Pod readyPod(String node) {
        return readyPod(node, null);
    }

    Pod awaitPod(String node, Predicate<Pod> wanted) {
        return await().atMost(LIMIT)
                .until(() -> pod(node).filter(wanted), Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until a pod of the node is as wanted or has been: for what may have passed before anybody looks. */
    Pod awaitSeen(String node, Predicate<Pod> wanted) {
        return await().atMost(LIMIT)
                .until(
                        () -> seen.stream()
                                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                                .filter(wanted)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    /** The state "waiting for this reason" of the pod's container; its message. */
    static Optional<String> waiting(Pod pod, String reason) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getContainerStatuses().stream()
                        .map(status -> status.getState().getWaiting())
                        .filter(waiting -> waiting != null && reason.equals(waiting.getReason()))
                        .map(waiting -> waiting.getMessage())
                        .findFirst();
    }

    void delete(Pod pod) {
        cluster.client().resource(pod).delete();
    }

    DaemonSet daemonSet() {
        return cluster.client()
                .apps()
                .daemonSets()
                .inNamespace(NAMESPACE)
                .withName("daemon")
                .get();
    }

    void awaitCounts(Predicate<DaemonSetStatus> wanted) {
        await().atMost(LIMIT)
                .until(() -> daemonSet().getStatus() != null
                        && wanted.test(daemonSet().getStatus()));
    }

    Node nodeObject(String name) {
        return cluster.client().nodes().withName(name).get();
    }

    List<String> taints(String node) {
        return nodeObject(node).getSpec().getTaints().stream()
                .map(taint -> taint.getKey() + ":" + taint.getEffect())
                .toList();
    }

    List<Event> events(String reason) {
        return cluster.client().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }

    long process(String node) {
        return pod(node)
                .flatMap(pod -> cluster.node(node)
                        .processId(NAMESPACE, pod.getMetadata().getName(), "main"))
                .orElse(-1L);
    }

    @Override
    public void close() {
        cluster.close();
    }
}
