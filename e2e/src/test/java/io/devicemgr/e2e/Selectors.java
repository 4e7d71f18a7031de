package io.devicemgr.e2e;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an expression of PromQL asks for: metrics with the labels in their braces, and labels that it groups by or matches on. Reads words, not grammar;
 * the grammar is promtool's.
 *
 * @param metrics by name: labels that are asked of it
 * @param grouping labels of by, on, without, ignoring and group_left
 */
record Selectors(Map<String, Set<String>> metrics, Set<String> grouping) {
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'");
    private static final Pattern COMMENT = Pattern.compile("#.*");
    private static final Pattern METRIC =
            Pattern.compile("\\b((?:devicemgr|process)_\\w+|ALERTS|up)\\b\\s*(?:\\{([^}]*)})?");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|on|without|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");

    static Selectors of(String expr) {
        String words = COMMENT.matcher(STRING.matcher(expr).replaceAll("\"\"")).replaceAll("");
        Map<String, Set<String>> metrics = new HashMap<>();
        METRIC.matcher(words)
                .results()
                .forEach(found -> metrics.computeIfAbsent(found.group(1), name -> new HashSet<>())
                        .addAll(matchers(found)));
        Set<String> grouping = GROUPING.matcher(words)
                .results()
                .flatMap(found -> Arrays.stream(found.group(1).split(",")))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toSet());
        return new Selectors(metrics, grouping);
    }

    private static Set<String> matchers(MatchResult found) {
        return found.group(2) == null
                ? Set.of()
                : LABEL.matcher(found.group(2))
                        .results()
                        .map(label -> label.group(1))
                        .collect(Collectors.toSet());
    }
}
