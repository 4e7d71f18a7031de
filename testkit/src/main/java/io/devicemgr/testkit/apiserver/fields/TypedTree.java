package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.schema.Schema.ListKind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tree operations of server-side apply on a value and its schema: which fields a value sets, merging, removing. The
 * rules are those of the structured-merge-diff library of Kubernetes.
 */
final class TypedTree {
    private TypedTree() {}

    /** The fields that the value sets, leaves and list items being members. */
    static FieldSet fieldsOf(Schema schema, JsonNode value) {
        FieldSet set = new FieldSet();
        collect(schema, value, new ArrayList<>(), set);
        return set;
    }

    private static void collect(Schema schema, JsonNode value, List<String> path, FieldSet set) {
        if (isGranularMap(schema, value)) {
            for (Map.Entry<String, JsonNode> e : value.properties()) {
                path.add(PathElements.field(e.getKey()));
                collect(schema.fieldOrAny(e.getKey()), e.getValue(), path, set);
                boolean emptyMap = e.getValue().isObject() && e.getValue().isEmpty();
                if (e.getValue().isNull() || emptyMap || !schema.declares(e.getKey())) {
                    set.insert(path);
                }
                path.remove(path.size() - 1);
            }
        } else if (isKeyedList(schema, value)) {
            for (JsonNode item : value) {
                PathElements.item(schema, item).ifPresent(element -> {
                    path.add(element);
                    collect(schema.itemOrAny(), item, path, set);
                    set.insert(path);
                    path.remove(path.size() - 1);
                });
            }
        } else if (!path.isEmpty()) {
            set.insert(path);
        }
    }

    /** The value with the applied one laid over it: what is applied wins, what it does not name stays. */
    static JsonNode merge(Schema schema, JsonNode live, JsonNode applied) {
        if (live == null || live.isNull() || live.isMissingNode()) {
            return applied;
        }
        if (isGranularMap(schema, live) && isGranularMap(schema, applied)) {
            ObjectNode merged = ((ObjectNode) live).objectNode();
            merged.setAll((ObjectNode) live);
            applied.properties()
                    .forEach(e -> merged.set(
                            e.getKey(), merge(schema.fieldOrAny(e.getKey()), live.get(e.getKey()), e.getValue())));
            return merged;
        }
        if (isKeyedList(schema, live) && isKeyedList(schema, applied)) {
            return mergeLists(schema, live, applied);
        }
        return applied;
    }

    private static JsonNode mergeLists(Schema schema, JsonNode live, JsonNode applied) {
        Map<String, JsonNode> left = keyed(schema, live);
        Map<String, JsonNode> right = keyed(schema, applied);
        ArrayNode merged = ((ArrayNode) live).arrayNode();
        Iterator<Map.Entry<String, JsonNode>> wanted = right.entrySet().iterator();
        for (Map.Entry<String, JsonNode> l : left.entrySet()) {
            if (!right.containsKey(l.getKey())) {
                merged.add(l.getValue());
            } else if (wanted.hasNext()) {
                // Shared items stand where the live list has shared items, in the order of the applied list.
                mergeNext(schema, left, wanted.next(), merged);
            }
        }
        wanted.forEachRemaining(r -> mergeNext(schema, left, r, merged));
        return merged;
    }

    private static void mergeNext(
            Schema schema, Map<String, JsonNode> left, Map.Entry<String, JsonNode> wanted, ArrayNode merged) {
        merged.add(merge(schema.itemOrAny(), left.get(wanted.getKey()), wanted.getValue()));
    }

    static Map<String, JsonNode> keyed(Schema schema, JsonNode list) {
        Map<String, JsonNode> items = new LinkedHashMap<>();
        for (JsonNode item : list) {
            items.put(PathElements.item(schema, item).orElseGet(() -> "v:" + Json.text(item)), item);
        }
        return items;
    }

    /** The value without the given fields; null when nothing is left of a map or list. */
    static JsonNode remove(Schema schema, JsonNode value, FieldSet fields) {
        if (fields.isEmpty()) {
            return value;
        }
        if (isGranularMap(schema, value)) {
            ObjectNode kept = ((ObjectNode) value).objectNode();
            value.properties().forEach(e -> {
                String element = PathElements.field(e.getKey());
                if (!fields.has(element)) {
                    keep(kept, e.getKey(), remove(schema.fieldOrAny(e.getKey()), e.getValue(), fields.below(element)));
                }
            });
            return kept.isEmpty() && !value.isEmpty() ? null : kept;
        }
        if (isKeyedList(schema, value)) {
            ArrayNode kept = ((ArrayNode) value).arrayNode();
            keyed(schema, value).forEach((element, item) -> {
                if (!fields.has(element)) {
                    JsonNode rest = remove(schema.itemOrAny(), item, fields.below(element));
                    kept.add(rest == null ? item : rest);
                }
            });
            return kept.isEmpty() && !value.isEmpty() ? null : kept;
        }
        return value;
    }

    private static void keep(ObjectNode kept, String name, JsonNode value) {
        if (value != null) {
            kept.set(name, value);
        }
    }

    static boolean isGranularMap(Schema schema, JsonNode value) {
        return value != null && value.isObject() && !schema.atomicMap();
    }

    static boolean isKeyedList(Schema schema, JsonNode value) {
        return value != null && value.isArray() && schema.listKind() != ListKind.ATOMIC;
    }
}
