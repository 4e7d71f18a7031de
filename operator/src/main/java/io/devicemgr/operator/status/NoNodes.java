package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.Placement;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.NodePlacement;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Why a placement selects no node. */
final class NoNodes {
    private NoNodes() {}

    static String why(Placement placement, List<Node> nodes) {
        if (nodes.isEmpty()) {
            return "the cluster has no nodes";
        }
        String selector = Wording.shorten(new TreeMap<>(placement.nodeSelector()).toString(), 300);
        List<Node> labelled = nodes.stream()
                .filter(node -> NodePlacement.hasLabels(placement, node))
                .toList();
        if (labelled.isEmpty()) {
            return "nodeSelector " + selector + " matches none of " + nodes.size() + " nodes";
        }
        List<Node> fit = labelled.stream()
                .filter(node -> NodePlacement.hasSystem(placement, node))
                .toList();
        if (fit.isEmpty()) {
            return "none of the " + labelled.size() + " nodes"
                    + (placement.nodeSelector().isEmpty() ? "" : " that nodeSelector " + selector + " matches")
                    + " runs Linux";
        }
        return "tolerations do not cover " + taints(placement, fit);
    }

    private static String taints(Placement placement, List<Node> nodes) {
        Map<String, Long> counts = nodes.stream()
                .flatMap(node -> NodePlacement.untolerated(placement, node).stream())
                .map(NoNodes::words)
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        return Wording.firstOf(counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .map(entry -> "taint " + entry.getKey() + " on " + entry.getValue() + "/" + nodes.size() + " nodes")
                .toList());
    }

    /** As kubectl writes it. */
    static String words(Taint taint) {
        String value = taint.getValue() == null || taint.getValue().isEmpty() ? "" : "=" + taint.getValue();
        return taint.getKey() + value + ":" + taint.getEffect();
    }
}
