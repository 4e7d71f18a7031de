package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The value limits of one schema node; absent limits are null. */
record Bounds(
        List<String> required,
        List<JsonNode> enumeration,
        Pattern pattern,
        String format,
        Integer minLength,
        Integer maxLength,
        Integer minItems,
        Integer maxItems,
        Integer minProperties,
        Integer maxProperties,
        Double minimum,
        Double maximum,
        boolean exclusiveMinimum,
        boolean exclusiveMaximum,
        Double multipleOf,
        boolean uniqueItems) {

    static Bounds of(JsonNode schema) {
        return new Bounds(
                texts(schema.path("required")),
                nodes(schema.path("enum")),
                Optional.ofNullable(schema.get("pattern"))
                        .map(p -> Pattern.compile(p.asText()))
                        .orElse(null),
                schema.path("format").asText(""),
                integer(schema, "minLength"),
                integer(schema, "maxLength"),
                integer(schema, "minItems"),
                integer(schema, "maxItems"),
                integer(schema, "minProperties"),
                integer(schema, "maxProperties"),
                number(schema, "minimum"),
                number(schema, "maximum"),
                schema.path("exclusiveMinimum").asBoolean(false),
                schema.path("exclusiveMaximum").asBoolean(false),
                number(schema, "multipleOf"),
                schema.path("uniqueItems").asBoolean(false));
    }

    static List<String> texts(JsonNode array) {
        List<String> all = new ArrayList<>();
        array.forEach(n -> all.add(n.asText()));
        return List.copyOf(all);
    }

    private static List<JsonNode> nodes(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return List.copyOf(all);
    }

    private static Integer integer(JsonNode schema, String field) {
        return schema.has(field) ? schema.get(field).asInt() : null;
    }

    private static Double number(JsonNode schema, String field) {
        return schema.has(field) ? schema.get(field).asDouble() : null;
    }
}
