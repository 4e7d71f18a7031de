package io.devicemgr.api.v1alpha1;

import static java.util.stream.Collectors.joining;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** In words: what a schema allows a field to be. */
final class FieldLimits {
    private FieldLimits() {}

    /** For example {@code list of string}. */
    static String type(SchemaField field) {
        JSONSchemaProps schema = field.schema();
        if (schema.getItems() != null) {
            return "list of " + plain(field.content());
        }
        if (schema.getAdditionalProperties() != null) {
            return "map to " + plain(field.content());
        }
        return plain(schema);
    }

    private static String plain(JSONSchemaProps schema) {
        if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
            return "integer or string";
        }
        return schema.getType();
    }

    /** What is allowed, the items of a list and the values of a map included. */
    static String of(SchemaField field) {
        Stream<String> own = parts(field.schema()).stream();
        Stream<String> content = field.content() == field.schema()
                ? Stream.empty()
                : parts(field.content()).stream().map(part -> "each " + part);
        return Stream.concat(own, content).collect(joining("; "));
    }

    /** How many items a list may have. */
    static String ofSize(JSONSchemaProps schema) {
        return range(schema.getMinItems(), schema.getMaxItems(), " items");
    }

    private static List<String> parts(JSONSchemaProps schema) {
        List<String> parts = new ArrayList<>();
        if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
            parts.add(schema.getEnum().stream()
                    .map(value -> "`" + (value.asText().isEmpty() ? "\"\"" : value.asText()) + "`")
                    .collect(joining(", ")));
        }
        boolean quantity = Boolean.TRUE.equals(schema.getXKubernetesIntOrString());
        if (quantity && schema.getPattern() != null) {
            parts.add("a quantity such as 64Mi");
        } else if (!quantity) {
            parts.add(range(whole(schema.getMinimum()), whole(schema.getMaximum()), ""));
            parts.add(
                    schema.getPattern() == null ? "" : "`" + schema.getPattern().replace("|", "\\|") + "`");
        }
        parts.add(range(schema.getMinLength(), schema.getMaxLength(), " characters"));
        parts.add(ofSize(schema));
        parts.add(range(schema.getMinProperties(), schema.getMaxProperties(), " entries"));
        parts.removeIf(String::isEmpty);
        return parts;
    }

    private static Long whole(Double bound) {
        return bound == null ? null : bound.longValue();
    }

    private static String range(Long from, Long to, String unit) {
        if (from == null || (from == 0 && to != null && !unit.isEmpty())) {
            return to == null ? "" : "at most " + to + unit;
        }
        return to == null ? "at least " + from + unit : from + " to " + to + unit;
    }
}
