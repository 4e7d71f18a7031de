package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.Wording;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Selectors that found nothing. That a selector matches nothing on some nodes is what selectors are for; it is told when it
 * matches nothing anywhere, or when something is there that cannot be used.
 */
final class NothingFoundWords {
    private static final String NO_MATCH = " " + NothingFound.Reason.NoMatch;

    private NothingFoundWords() {}

    /** What to add to a message; empty when there is nothing to tell. */
    static String of(Fleet fleet) {
        long reports =
                fleet.nodes().stream().filter(node -> node.report().isPresent()).count();
        Map<String, Long> counts = new TreeMap<>();
        fleet.nodes().stream()
                .flatMap(node -> node.report().stream())
                .flatMap(report -> report.nothingFound().stream().distinct())
                .collect(Collectors.groupingBy(NothingFoundWords::words, TreeMap::new, Collectors.counting()))
                .forEach((words, nodes) -> {
                    if (nodes >= reports || !words.endsWith(NO_MATCH)) {
                        counts.put(words, nodes);
                    }
                });
        List<String> named = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .map(entry -> "not found on " + entry.getValue() + "/" + reports + " nodes: " + entry.getKey())
                .toList();
        return named.isEmpty() ? "" : "; " + Wording.firstOf(named);
    }

    private static String words(NothingFound nothing) {
        String message = nothing.message() == null ? "" : " (" + Wording.ends(nothing.message(), 200) + ")";
        return nothing.resource() + " " + Wording.ends(String.valueOf(nothing.selector()), 200) + message + " "
                + nothing.reason();
    }
}
