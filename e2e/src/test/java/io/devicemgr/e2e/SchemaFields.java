package io.devicemgr.e2e;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which fields a schema has, and which of them an object uses, as paths. */
final class SchemaFields {
    private SchemaFields() {}

    static void declared(String path, Map<?, ?> schema, Set<String> fields) {
        if (schema.get("items") instanceof Map<?, ?> items) {
            declared(path, items, fields);
        }
        if (schema.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, field) -> {
                fields.add(path + "." + name);
                declared(path + "." + name, (Map<?, ?>) field, fields);
            });
        }
    }

    static void used(String path, Object value, Set<String> fields) {
        if (value instanceof List<?> items) {
            items.forEach(item -> used(path, item, fields));
        } else if (value instanceof Map<?, ?> object) {
            object.forEach((name, field) -> {
                fields.add(path + "." + name);
                used(path + "." + name, field, fields);
            });
        }
    }
}
