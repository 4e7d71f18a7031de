package io.devicemgr.testkit.openshift;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/** Label selectors over labels, as trees. */
final class PoolLabels {
    private PoolLabels() {}

    static boolean isEmpty(JsonNode selector) {
        return selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty();
    }

    static boolean match(JsonNode selector, JsonNode labels) {
        return selector.path("matchLabels").properties().stream()
                        .allMatch(label -> label.getValue().equals(labels.get(label.getKey())))
                && StreamSupport.stream(selector.path("matchExpressions").spliterator(), false)
                        .allMatch(expression -> holds(expression, labels));
    }

    private static boolean holds(JsonNode expression, JsonNode labels) {
        JsonNode value = labels.get(expression.path("key").asText());
        boolean listed = value != null
                && StreamSupport.stream(expression.path("values").spliterator(), false)
                        .anyMatch(value::equals);
        return switch (expression.path("operator").asText()) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            case "Exists" -> value != null;
            default -> value == null;
        };
    }
}
