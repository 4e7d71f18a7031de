package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.schema.Schema.ListKind;
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
                    "InternalError",
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
            Optional<String> missing =
                    schema.listKind() == ListKind.MAP ? PathElements.missingKey(schema, item) : Optional.empty();
            if (missing.isPresent()) {
                errors.add(
                        path + ": element " + i + ": associative list with keys has an element that omits key field \""
                                + missing.get() + "\" (and doesn't have default value)");
                continue;
            }
            String element = PathElements.item(schema, item).orElseThrow();
            if (!seen.add(element)) {
                errors.add(path + ": duplicate entries for key " + PathElements.shown(element));
            }
            visit(schema.itemOrAny(), item, path + PathElements.shown(element));
        }
    }
}
