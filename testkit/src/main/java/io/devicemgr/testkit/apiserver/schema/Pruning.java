package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes away what the schema does not know and says what it was. */
public final class Pruning {
    private final List<String> unknown = new ArrayList<>();

    private Pruning() {}

    /**
     * Removes unknown fields from the object in place.
     *
     * @return their paths, such as {@code spec.resources[0].foo}
     */
    public static List<String> prune(Schema schema, JsonNode object) {
        Pruning pruning = new Pruning();
        pruning.visit(schema, object, "");
        return pruning.unknown;
    }

    private void visit(Schema schema, JsonNode value, String path) {
        if (value instanceof ObjectNode map) {
            visitMap(schema, map, path);
        } else if (value.isArray() && schema.items().isPresent()) {
            for (int i = 0; i < value.size(); i++) {
                visit(schema.items().get(), value.get(i), path + "[" + i + "]");
            }
        }
    }

    private void visitMap(Schema schema, ObjectNode map, String path) {
        List<String> names = new ArrayList<>();
        map.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            Optional<Schema> field = schema.field(name);
            String here = path.isEmpty() ? name : path + "." + name;
            if (field.isPresent()) {
                visit(field.get(), map.get(name), here);
            } else if (!schema.isUntyped() && !schema.preserveUnknown()) {
                map.remove(name);
                unknown.add(here);
            }
        }
    }
}
