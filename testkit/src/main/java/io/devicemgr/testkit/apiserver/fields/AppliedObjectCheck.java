package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Refuses applied objects that the schema cannot type: unknown fields, list items without their key, duplicates. */
final class AppliedObjectCheck {
    private final List<String> errors = new ArrayList<>();

    private AppliedObjectCheck() {}

    static void check(Schema schema, JsonNode applied, String apiVersion) {
        AppliedObjectCheck check = new AppliedObjectCheck();
        check.visit(schema, applied, "");
        if (!check.errors.isEmpty()) {
            String text = check.errors.size() == 1
                    ? check.errors.get(0)
                    : "errors:\n"
                            + String.join(
                                    "\n",
                                    check.errors.stream().map(e -> "  " + e).toList());
            throw ApiException.of(
                    500,
                    "",
                    "failed to create typed patch object (" + Json.namespace(applied) + "/" + Json.name(applied) + "; "
                            + apiVersion + ", Kind=" + Json.at(applied, "kind") + "): " + text);
        }
    }

    private void visit(Schema schema, JsonNode value, String path) {
        if (TypedTree.isGranularMap(schema, value)) {
            value.properties().forEach(e -> visitField(schema, e.getKey(), e.getValue(), path));
        } else if (TypedTree.isKeyedList(schema, value)) {
            visitItems(schema, value, path);
        }
    }

    private void visitField(Schema schema, String name, JsonNode value, String path) {
        Optional<Schema> field = schema.field(name);
        String here = path + "." + name;
        if (field.isPresent()) {
            visit(field.get(), value, here);
        } else if (schema.isObject() && !schema.preserveUnknown()) {
            errors.add(here + ": field not declared in schema");
        }
    }

    private void visitItems(Schema schema, JsonNode list, String path) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode item = list.get(i);
            Optional<String> known = PathElements.item(schema, item);
            if (known.isEmpty()) {
                errors.add(path + ": element " + i
                        + ": associative list with keys has an element that omits all key fields "
                        + Json.text(Json.strings(schema.listMapKeys()))
                        + " (and doesn't have default values for any key fields)");
                continue;
            }
            String element = known.get();
            if (!seen.add(element)) {
                errors.add(path + ": duplicate entries for key " + PathElements.shown(element));
            }
            visit(schema.itemOrAny(), item, path + PathElements.shown(element));
        }
    }
}
