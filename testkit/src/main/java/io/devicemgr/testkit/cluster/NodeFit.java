package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether a node suits a pod: node selector, required node affinity, taints. Scheduler and DaemonSet controller ask the same. */
final class NodeFit {
    static final String NO_SCHEDULE = "NoSchedule";
    static final String NO_EXECUTE = "NoExecute";

    private static final String NAME_FIELD = "metadata.name";

    private NodeFit() {}

    /** Whether node selector and required node affinity match. */
    static boolean selects(PodSpec pod, Node node) {
        Map<String, String> labels = labels(node);
        Map<String, String> selector = pod.getNodeSelector();
        return (selector == null || labels.entrySet().containsAll(selector.entrySet()))
                && required(pod)
                        .map(NodeSelector::getNodeSelectorTerms)
                        .map(terms -> terms.stream().anyMatch(term -> matches(term, node)))
                        .orElse(true);
    }

    /** The node that the pod's affinity names, as the DaemonSet controller writes it. */
    static Optional<String> namedNode(PodSpec pod) {
        return required(pod).map(NodeSelector::getNodeSelectorTerms).orElse(List.of()).stream()
                .flatMap(term -> term.getMatchFields().stream())
                .filter(field -> NAME_FIELD.equals(field.getKey()))
                .flatMap(field -> field.getValues().stream())
                .findFirst();
    }

    /** A taint of one of these effects that none of the tolerations is for. */
    static Optional<Taint> untolerated(Node node, List<Toleration> tolerations, Set<String> effects) {
        return node.getSpec().getTaints().stream()
                .filter(taint -> effects.contains(taint.getEffect()))
                .filter(taint -> tolerations.stream().noneMatch(t -> tolerates(t, taint)))
                .findFirst();
    }

    private static Optional<NodeSelector> required(PodSpec pod) {
        return Optional.ofNullable(pod.getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution);
    }

    private static boolean matches(NodeSelectorTerm term, Node node) {
        boolean empty =
                term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
        return !empty
                && term.getMatchExpressions().stream()
                        .allMatch(r -> matches(r, labels(node).get(r.getKey())))
                && term.getMatchFields().stream()
                        .allMatch(r -> matches(r, node.getMetadata().getName()));
    }

    private static boolean matches(NodeSelectorRequirement requirement, String value) {
        List<String> values = requirement.getValues();
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> value != null && Long.parseLong(value) > Long.parseLong(values.get(0));
            case "Lt" -> value != null && Long.parseLong(value) < Long.parseLong(values.get(0));
            default -> throw new IllegalArgumentException("Operator " + requirement.getOperator());
        };
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        boolean effect =
                isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
        boolean key = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
        boolean value = "Exists".equals(toleration.getOperator())
                || text(toleration.getValue()).equals(text(taint.getValue()));
        return effect && key && value;
    }

    private static Map<String, String> labels(Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }
}
