package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The scheduler as far as nodeSelector and extended resources go: the first node by name that has enough left. */
final class PodScheduler {
    private final KubernetesClient client;

    PodScheduler(KubernetesClient client) {
        this.client = client;
    }

    void schedule(Pod pod, List<Node> nodes, List<Pod> pods) {
        Optional<Node> node = nodes.stream()
                .sorted((a, b) ->
                        a.getMetadata().getName().compareTo(b.getMetadata().getName()))
                .filter(n -> matches(pod, n) && fits(pod, n, pods))
                .findFirst();
        if (node.isPresent()) {
            patch(
                    pod,
                    "",
                    Map.of("spec", Map.of("nodeName", node.get().getMetadata().getName())));
        } else if (pod.getStatus() == null || pod.getStatus().getConditions().isEmpty()) {
            patch(
                    pod,
                    "status",
                    Map.of(
                            "status",
                            Map.of(
                                    "phase",
                                    "Pending",
                                    "conditions",
                                    List.of(Map.of(
                                            "type", "PodScheduled",
                                            "status", "False",
                                            "reason", "Unschedulable",
                                            "message", "0/" + nodes.size() + " nodes are available")))));
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

    private static boolean matches(Pod pod, Node node) {
        Map<String, String> selector = pod.getSpec().getNodeSelector();
        return selector == null || node.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
    }

    private static boolean fits(Pod pod, Node node, List<Pod> pods) {
        Map<String, BigDecimal> wanted = extendedResources(pod);
        Map<String, BigDecimal> used = new TreeMap<>();
        pods.stream()
                .filter(p -> node.getMetadata().getName().equals(p.getSpec().getNodeName()))
                .filter(p ->
                        p.getStatus() == null || !"Failed".equals(p.getStatus().getPhase()))
                .forEach(p -> extendedResources(p).forEach((name, count) -> used.merge(name, count, BigDecimal::add)));
        return wanted.entrySet().stream()
                .allMatch(want -> allocatable(node, want.getKey())
                                .subtract(used.getOrDefault(want.getKey(), BigDecimal.ZERO))
                                .compareTo(want.getValue())
                        >= 0);
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
