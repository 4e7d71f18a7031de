package io.devicemgr.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Whether an object lacks anything of what is desired. What others have added, defaults above all, is not looked at; zero
 * values that the API server leaves out count as there.
 */
final class Difference {
    private static final Set<String> QUANTITIES = Set.of("requests", "limits");

    private Difference() {}

    static boolean between(JsonNode desired, JsonNode actual) {
        return !covers(desired, actual, false);
    }

    private static boolean covers(JsonNode desired, JsonNode actual, boolean quantities) {
        if (actual == null || actual.isMissingNode() || actual.isNull()) {
            return isZero(desired);
        }
        if (desired.isObject()) {
            return actual.isObject() && coversFields(desired, actual);
        }
        if (desired.isArray()) {
            return actual.isArray() && coversItems(desired, actual);
        }
        return desired.equals(actual) || quantities && sameQuantity(desired.asText(), actual.asText());
    }

    private static boolean coversFields(JsonNode desired, JsonNode actual) {
        return desired.properties().stream().allMatch(field -> coversField(field, actual));
    }

    private static boolean coversField(Entry<String, JsonNode> field, JsonNode actual) {
        if (QUANTITIES.contains(field.getKey()) && field.getValue().isObject()) {
            JsonNode found = actual.path(field.getKey());
            return field.getValue().properties().stream()
                    .allMatch(quantity -> covers(quantity.getValue(), found.path(quantity.getKey()), true));
        }
        return covers(field.getValue(), actual.path(field.getKey()), false);
    }

    private static boolean coversItems(JsonNode desired, JsonNode actual) {
        return StreamSupport.stream(desired.spliterator(), false)
                .allMatch(item -> StreamSupport.stream(actual.spliterator(), false)
                        .anyMatch(found -> covers(item, found, false)));
    }

    private static boolean isZero(JsonNode value) {
        return value.isNull()
                || value.isContainerNode() && value.isEmpty()
                || value.isBoolean() && !value.booleanValue()
                || value.isNumber() && value.decimalValue().signum() == 0
                || value.isTextual() && value.textValue().isEmpty();
    }

    private static boolean sameQuantity(String left, String right) {
        return new Quantity(left).equals(new Quantity(right));
    }
}
