package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The scheduler as far as node affinity, taints and extended resources go: the first node by name that suits. */
final class PodScheduler {
    private final KubernetesClient client;

    PodScheduler(KubernetesClient client) {
        this.client = client;
    }

    /** Whether other pods matter to it. */
    static boolean asksForDevices(Pod pod) {
        return !extendedResources(pod).isEmpty();
    }

    void schedule(Pod pod, List<Node> nodes, List<Pod> pods) {
        Map<String, Long> obstacles = new TreeMap<>();
        List<Node> byName = nodes.stream()
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList();
        for (Node node : byName) {
            Optional<String> obstacle = obstacle(pod, node, pods);
            if (obstacle.isEmpty()) {
                patch(
                        pod,
                        "",
                        Map.of("spec", Map.of("nodeName", node.getMetadata().getName())));
                return;
            }
            obstacles.merge(obstacle.get(), 1L, Long::sum);
        }
        unschedulable(pod, nodes.size(), obstacles);
    }

    private void unschedulable(Pod pod, int nodes, Map<String, Long> obstacles) {
        String message = obstacles.isEmpty()
                ? "no nodes available to schedule pods"
                : "0/" + nodes + " nodes are available: "
                        + obstacles.entrySet().stream()
                                .map(entry -> entry.getValue() + " " + entry.getKey())
                                .collect(Collectors.joining(", "))
                        + ".";
        boolean said = pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .map(PodCondition::getMessage)
                        .anyMatch(message::equals);
        if (!said) {
            Map<String, String> condition =
                    Map.of("type", "PodScheduled", "status", "False", "reason", "Unschedulable", "message", message);
            patch(pod, "status", Map.of("status", Map.of("phase", "Pending", "conditions", List.of(condition))));
        }
    }

    private void patch(Pod pod, String subresource, Map<String, Object> patch) {
        var resource = client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName());
        PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
        if (subresource.isEmpty()) {
            resource.patch(merge, Serialization.asJson(patch));
        } else {
            resource.subresource(subresource).patch(merge, Serialization.asJson(patch));
        }
    }

    /** Why the node is none for the pod, in the scheduler's words. */
    private static Optional<String> obstacle(Pod pod, Node node, List<Pod> pods) {
        if (!NodeFit.selects(pod.getSpec(), node)) {
            return Optional.of("node(s) didn't match Pod's node affinity/selector");
        }
        Optional<Taint> taint = NodeFit.untolerated(
                node, pod.getSpec().getTolerations(), Set.of(NodeFit.NO_SCHEDULE, NodeFit.NO_EXECUTE));
        if (taint.isPresent()) {
            String value = taint.get().getValue() == null ? "" : taint.get().getValue();
            return Optional.of("node(s) had untolerated taint {" + taint.get().getKey() + ": " + value + "}");
        }
        return insufficient(pod, node, pods).map(resource -> "Insufficient " + resource);
    }

    private static Optional<String> insufficient(Pod pod, Node node, List<Pod> pods) {
        Map<String, BigDecimal> used = new TreeMap<>();
        pods.stream()
                .filter(p -> node.getMetadata().getName().equals(p.getSpec().getNodeName()))
                .filter(p -> !List.of("Failed", "Succeeded").contains(PodTemplates.phase(p)))
                .forEach(p -> extendedResources(p).forEach((name, count) -> used.merge(name, count, BigDecimal::add)));
        return extendedResources(pod).entrySet().stream()
                .filter(want -> allocatable(node, want.getKey())
                                .subtract(used.getOrDefault(want.getKey(), BigDecimal.ZERO))
                                .compareTo(want.getValue())
                        < 0)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static BigDecimal allocatable(Node node, String resource) {
        Quantity quantity = node.getStatus() == null || node.getStatus().getAllocatable() == null
                ? null
                : node.getStatus().getAllocatable().get(resource);
        return quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
    }

    private static Map<String, BigDecimal> extendedResources(Pod pod) {
        Map<String, BigDecimal> sum = new TreeMap<>();
        pod.getSpec().getContainers().stream()
                .filter(c -> c.getResources() != null && c.getResources().getLimits() != null)
                .forEach(c -> c.getResources().getLimits().forEach((name, quantity) -> {
                    if (name.contains("/")) {
                        sum.merge(name, quantity.getNumericalAmount(), BigDecimal::add);
                    }
                }));
        return sum;
    }
}
