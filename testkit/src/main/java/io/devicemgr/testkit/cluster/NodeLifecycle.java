package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The controller that looks after nodes (pkg/controller/nodelifecycle in Kubernetes): a kubelet that is silent for too long
 * makes its node's Ready Unknown; taints follow conditions and cordons; the pods of a node that is not ready are not either.
 */
final class NodeLifecycle {
    /** Since Kubernetes 1.32; 40 s before. */
    static final Duration DEFAULT_GRACE = Duration.ofSeconds(50);

    private static final String PREFIX = "node.kubernetes.io/";
    private static final String NOT_READY = PREFIX + "not-ready";
    private static final String UNREACHABLE = PREFIX + "unreachable";
    private static final String UNSCHEDULABLE = PREFIX + "unschedulable";
    private static final List<String> OWN_TAINTS = List.of(NOT_READY, UNREACHABLE, UNSCHEDULABLE);

    private final KubernetesClient client;
    private final Function<String, SimulatedNode> machines;
    private final Map<String, Instant> silentSince = new HashMap<>();
    private volatile Duration grace = DEFAULT_GRACE;

    NodeLifecycle(KubernetesClient client, Function<String, SimulatedNode> machines) {
        this.client = client;
        this.machines = machines;
    }

    void grace(Duration newGrace) {
        grace = newGrace;
    }

    void sync(List<Node> nodes, List<Pod> pods, Instant now) {
        for (Node node : nodes) {
            String name = node.getMetadata().getName();
            SimulatedNode machine = machines.apply(name);
            if (machine == null) {
                continue; // An object that a test has made by hand: nobody speaks for it.
            }
            if (machine.kubelet().isRunning()) {
                silentSince.remove(name);
                if (ready(node).equals("Unknown")) {
                    machine.postStatus();
                }
            } else {
                silentSince.putIfAbsent(name, now);
            }
            Instant silent = silentSince.get(name);
            if (silent != null
                    && !now.isBefore(silent.plus(grace))
                    && !ready(node).equals("Unknown")) {
                new NodeObject(client, name)
                        .condition("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
                continue; // The event of this write brings it back here.
            }
            taint(node);
            if (!ready(node).equals("True")) {
                pods.stream()
                        .filter(pod -> name.equals(pod.getSpec().getNodeName()))
                        .forEach(pod -> notReady(pod, now));
            }
        }
    }

    /** False until the kubelet has spoken for the first time. */
    private static String ready(Node node) {
        return node.getStatus() == null
                ? "False"
                : node.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals("Ready"))
                        .map(NodeCondition::getStatus)
                        .findFirst()
                        .orElse("False");
    }

    /** Taints that others have put there stay; when they change meanwhile, the conflict brings a next turn. */
    private void taint(Node node) {
        List<Taint> taints = new ArrayList<>(node.getSpec().getTaints());
        taints.removeIf(taint -> OWN_TAINTS.contains(taint.getKey()));
        if (Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
            taints.add(taint(UNSCHEDULABLE, NodeFit.NO_SCHEDULE));
        }
        if (!ready(node).equals("True")) {
            String key = ready(node).equals("False") ? NOT_READY : UNREACHABLE;
            taints.add(taint(key, NodeFit.NO_SCHEDULE));
            taints.add(taint(key, NodeFit.NO_EXECUTE));
        }
        if (!taints.equals(node.getSpec().getTaints())) {
            client.nodes()
                    .withName(node.getMetadata().getName())
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            Serialization.asJson(Map.of(
                                    "metadata",
                                    Map.of("resourceVersion", node.getMetadata().getResourceVersion()),
                                    "spec",
                                    Map.of("taints", taints))));
        }
    }

    private static Taint taint(String key, String effect) {
        return new TaintBuilder().withKey(key).withEffect(effect).build();
    }

    private void notReady(Pod pod, Instant now) {
        List<PodCondition> conditions =
                pod.getStatus() == null ? List.of() : pod.getStatus().getConditions();
        if (conditions.stream().noneMatch(NodeLifecycle::saysReady)) {
            return;
        }
        List<PodCondition> changed = conditions.stream()
                .map(condition -> saysReady(condition)
                        ? new PodConditionBuilder(condition)
                                .withStatus("False")
                                .withLastTransitionTime(now.toString())
                                .build()
                        : condition)
                .toList();
        client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(Map.of("status", Map.of("conditions", changed))));
    }

    private static boolean saysReady(PodCondition condition) {
        return condition.getType().equals("Ready") && condition.getStatus().equals("True");
    }
}
