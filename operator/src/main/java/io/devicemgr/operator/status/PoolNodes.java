package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.PoolSelector;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The nodes of one pool, as the machine config operator's annotations on them say (docs/openshift.md 3). */
final class PoolNodes {
    private static final String PREFIX = "machineconfiguration.openshift.io/";
    private static final Set<String> BROKEN = Set.of("Degraded", "Unreconcilable");

    private final List<Node> nodes;

    private PoolNodes(List<Node> nodes) {
        this.nodes = nodes;
    }

    static PoolNodes of(MachineConfigPool pool, MachineConfigs found) {
        return new PoolNodes(found.nodes().stream()
                .filter(node -> annotation(node, "currentConfig") != null)
                .filter(node -> pool.getMetadata().getName().equals(poolOf(node, found.pools())))
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList());
    }

    /** A control plane node is the control plane's; then a custom pool outranks worker; two of them are nobody's. */
    private static String poolOf(Node node, List<MachineConfigPool> pools) {
        List<String> names = pools.stream()
                .filter(pool -> pool.getSpec() != null
                        && PoolSelector.matches(
                                pool.getSpec().getNodeSelector(),
                                node.getMetadata().getLabels()))
                .map(pool -> pool.getMetadata().getName())
                .toList();
        List<String> custom = names.stream()
                .filter(name -> !name.equals("master") && !name.equals("worker"))
                .toList();
        if (custom.size() > 1) {
            return null;
        }
        if (names.contains("master")) {
            return "master";
        }
        return custom.isEmpty() ? "worker" : custom.get(0);
    }

    /** "w-2 Working" for each that has not arrived at the pool's target. */
    List<String> unfinished(String target) {
        return nodes.stream()
                .filter(node -> !target.equals(annotation(node, "currentConfig"))
                        || !target.equals(annotation(node, "desiredConfig"))
                        || !"Done".equals(annotation(node, "state")))
                .map(PoolNodes::described)
                .toList();
    }

    /** "w-2 is cordoned" for each that has no place for pods, although it may be updated. */
    List<String> unavailable() {
        return nodes.stream()
                .filter(node -> cordoned(node) || !ready(node))
                .map(node -> node.getMetadata().getName() + (cordoned(node) ? " is cordoned" : " is not ready"))
                .toList();
    }

    /** "w-1 Degraded: disk full" for each whose update failed. */
    List<String> degraded() {
        return nodes.stream()
                .filter(node -> BROKEN.contains(Objects.requireNonNullElse(annotation(node, "state"), "")))
                .map(PoolNodes::described)
                .toList();
    }

    private static String described(Node node) {
        String state = Objects.requireNonNullElse(annotation(node, "state"), "Unknown");
        String reason = annotation(node, "reason");
        return node.getMetadata().getName() + " "
                + ("Done".equals(state) ? "waits for its turn" : state)
                + (reason == null || reason.isBlank() ? "" : ": " + Wording.shorten(reason, 200));
    }

    private static boolean cordoned(Node node) {
        return node.getSpec() != null
                && node.getSpec().getTaints() != null
                && node.getSpec().getTaints().stream()
                        .anyMatch(taint -> "node.kubernetes.io/unschedulable".equals(taint.getKey()));
    }

    private static boolean ready(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private static String annotation(Node node, String key) {
        Map<String, String> annotations = node.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(PREFIX + key);
    }
}
