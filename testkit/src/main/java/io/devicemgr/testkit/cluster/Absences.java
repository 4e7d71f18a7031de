package io.devicemgr.testkit.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts nodes that are without their agent, change by change. */
final class Absences {
    private final String label;
    private final Set<String> ready = new HashSet<>();
    private final Map<String, Set<String>> serving = new HashMap<>();
    private final Set<String> away = new HashSet<>();

    Absences(String label) {
        this.label = label;
    }

    int most(List<PodChange> changes, long moment) {
        int most = 0;
        for (PodChange change : changes) {
            follow(change);
            most = change.revision() > moment ? Math.max(most, away.size()) : most;
        }
        return most;
    }

    private void follow(PodChange change) {
        String node = change.node();
        switch (change.kind()) {
            case NODE_READY -> ready.add(node);
            case NODE_UNREADY -> {
                ready.remove(node);
                away.remove(node);
            }
            default -> {
                if (change.has(label)) {
                    pod(change, node, serving.computeIfAbsent(node, n -> new HashSet<>()));
                }
            }
        }
    }

    private void pod(PodChange change, String node, Set<String> pods) {
        switch (change.kind()) {
            case READY -> {
                pods.add(change.pod());
                away.remove(node);
            }
            case UNREADY, DELETED, GONE -> {
                boolean served = pods.remove(change.pod());
                boolean asked = change.kind() == PodChange.Kind.DELETED;
                if ((served || asked) && pods.isEmpty() && ready.contains(node)) {
                    away.add(node);
                }
            }
            default -> {}
        }
    }
}
