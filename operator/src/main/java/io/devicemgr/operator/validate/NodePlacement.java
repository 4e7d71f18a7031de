package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.Placement;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which nodes a placement selects, by the rules of the DaemonSet controller. */
public final class NodePlacement {
    /** Taints that the DaemonSet controller tolerates for every DaemonSet. */
    private static final Set<String> ALWAYS_TOLERATED = Set.of(
            "node.kubernetes.io/not-ready:NoExecute",
            "node.kubernetes.io/unreachable:NoExecute",
            "node.kubernetes.io/disk-pressure:NoSchedule",
            "node.kubernetes.io/memory-pressure:NoSchedule",
            "node.kubernetes.io/pid-pressure:NoSchedule",
            "node.kubernetes.io/unschedulable:NoSchedule");

    private static final String OS = "kubernetes.io/os";

    private NodePlacement() {}

    /** Whether the agent of a placement runs on a node. */
    public static boolean selects(Placement placement, Node node) {
        return hasLabels(placement, node)
                && hasSystem(placement, node)
                && untolerated(placement, node).isEmpty();
    }

    /** Whether a node has the labels that a placement asks for. */
    public static boolean hasLabels(Placement placement, Node node) {
        return labels(node).entrySet().containsAll(placement.nodeSelector().entrySet());
    }

    /** Whether agents can run on a node's operating system: Linux, unless the placement names one. */
    public static boolean hasSystem(Placement placement, Node node) {
        return placement.nodeSelector().containsKey(OS)
                || "linux".equals(labels(node).get(OS));
    }

    /** The taints of a node that keep the agent of a placement away. */
    public static List<Taint> untolerated(Placement placement, Node node) {
        return taintsOf(node).stream()
                .filter(taint -> !tolerated(placement, taint))
                .toList();
    }

    private static Map<String, String> labels(Node node) {
        return node.getMetadata().getLabels() == null
                ? Map.of()
                : node.getMetadata().getLabels();
    }

    private static List<Taint> taintsOf(Node node) {
        return node.getSpec() == null || node.getSpec().getTaints() == null
                ? List.of()
                : node.getSpec().getTaints();
    }

    private static boolean tolerated(Placement placement, Taint taint) {
        return "PreferNoSchedule".equals(taint.getEffect())
                || placement.tolerations().isEmpty()
                || ALWAYS_TOLERATED.contains(taint.getKey() + ":" + taint.getEffect())
                || placement.tolerations().stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        boolean effect =
                isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
        boolean key = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
        boolean value = "Exists".equals(toleration.getOperator())
                || text(toleration.getValue()).equals(text(taint.getValue()));
        return effect && key && value;
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }
}
