package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What changed between two values of one schema. */
record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

    static Comparison of(Schema schema, JsonNode before, JsonNode after) {
        Comparison result = new Comparison(new FieldSet(), new FieldSet(), new FieldSet());
        result.compare(schema, before, after, new ArrayList<>());
        return result;
    }

    FieldSet changed() {
        return added.union(modified);
    }

    private void compare(Schema schema, JsonNode before, JsonNode after, List<String> path) {
        if (before == null && after == null || before != null && before.equals(after)) {
            return;
        }
        boolean maps = both(before, after, v -> TypedTree.isGranularMap(schema, v));
        boolean lists = both(before, after, v -> TypedTree.isKeyedList(schema, v));
        boolean nothingInside = isEmpty(before) && isEmpty(after);
        if (maps && !nothingInside) {
            compareMaps(schema, before, after, path);
        } else if (lists && !nothingInside) {
            compareLists(schema, before, after, path);
        } else if (before != null && after != null) {
            modified.insert(path);
            return;
        }
        if (!path.isEmpty() && before == null) {
            added.insert(path);
        } else if (!path.isEmpty() && after == null) {
            removed.insert(path);
        }
    }

    private void compareMaps(Schema schema, JsonNode before, JsonNode after, List<String> path) {
        Set<String> names = new LinkedHashSet<>();
        names(before, names);
        names(after, names);
        for (String name : names) {
            path.add(PathElements.field(name));
            compare(schema.fieldOrAny(name), get(before, name), get(after, name), path);
            path.remove(path.size() - 1);
        }
    }

    private void compareLists(Schema schema, JsonNode before, JsonNode after, List<String> path) {
        Map<String, JsonNode> left = before == null ? Map.of() : TypedTree.keyed(schema, before);
        Map<String, JsonNode> right = after == null ? Map.of() : TypedTree.keyed(schema, after);
        Set<String> elements = new LinkedHashSet<>(left.keySet());
        elements.addAll(right.keySet());
        for (String element : elements) {
            path.add(element);
            compare(schema.itemOrAny(), left.get(element), right.get(element), path);
            path.remove(path.size() - 1);
        }
    }

    private interface Shape {
        boolean fits(JsonNode value);
    }

    private static boolean both(JsonNode before, JsonNode after, Shape shape) {
        return (before == null || shape.fits(before)) && (after == null || shape.fits(after));
    }

    private static boolean isEmpty(JsonNode value) {
        return value == null || value.isEmpty();
    }

    private static void names(JsonNode map, Set<String> into) {
        if (map != null) {
            map.fieldNames().forEachRemaining(into::add);
        }
    }

    private static JsonNode get(JsonNode map, String name) {
        return map == null ? null : map.get(name);
    }
}
