package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Fills in the defaults of a schema, as structural schemas do it: parents first, nulls of fields with a default too. */
public final class Defaulting {
    private Defaulting() {}

    public static void apply(Schema schema, JsonNode value) {
        if (value instanceof ObjectNode map) {
            schema.properties().forEach((name, field) -> {
                JsonNode there = map.get(name);
                boolean absent = there == null || there.isNull() && !field.nullable();
                if (absent && field.defaultValue().isPresent()) {
                    map.set(name, field.defaultValue().get().deepCopy());
                }
            });
            map.properties().forEach(e -> schema.field(e.getKey()).ifPresent(field -> apply(field, e.getValue())));
        } else if (value.isArray() && schema.items().isPresent()) {
            value.forEach(item -> apply(schema.items().get(), item));
        }
    }

    /** Removes nulls of fields that are not nullable: so does the real server before it fills in defaults. */
    public static void dropNulls(Schema schema, JsonNode value) {
        if (value instanceof ObjectNode map) {
            map.properties().removeIf(e -> e.getValue().isNull() && dropsNull(schema, e.getKey()));
            map.properties().forEach(e -> dropNulls(schema.fieldOrAny(e.getKey()), e.getValue()));
        } else if (value.isArray() && schema.items().isPresent()) {
            value.forEach(item -> dropNulls(schema.items().get(), item));
        }
    }

    private static boolean dropsNull(Schema schema, String name) {
        Schema field = schema.properties().get(name);
        return field != null && !field.nullable();
    }
}
