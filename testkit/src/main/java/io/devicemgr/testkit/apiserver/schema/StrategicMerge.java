package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.ArrayList;
import java.util.List;

/** Strategic merge patch: lists with a merge key merge by it; $patch, $deleteFromPrimitiveList and $setElementOrder. */
public final class StrategicMerge {
    private static final String DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    private StrategicMerge() {}

    /** The patched value; the target may be changed on the way. */
    public static JsonNode apply(Schema schema, JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        String directive = Json.at(patch, "$patch");
        ObjectNode result =
                target instanceof ObjectNode object && !directive.equals("replace") ? object : Json.object();
        changes.properties().forEach(e -> field(schema, result, e.getKey(), e.getValue()));
        retain(result, changes.path("$retainKeys"));
        changes.properties().forEach(e -> order(schema, result, e.getKey(), e.getValue()));
        return result;
    }

    private static void field(Schema schema, ObjectNode result, String name, JsonNode change) {
        if (name.startsWith(DELETE_PRIMITIVES)) {
            deletePrimitives(result, name.substring(DELETE_PRIMITIVES.length()), change);
        } else if (name.startsWith("$")) {
            return;
        } else if (change.isNull() || Json.at(change, "$patch").equals("delete")) {
            result.remove(name);
        } else if (change.isArray()) {
            result.set(name, list(schema.fieldOrAny(name), result.path(name), change));
        } else {
            result.set(name, apply(schema.fieldOrAny(name), result.get(name), change));
        }
    }

    private static JsonNode list(Schema schema, JsonNode live, JsonNode changes) {
        boolean replace = changes.size() > 0
                && Json.at(changes.get(changes.size() - 1), "$patch").equals("replace");
        if (schema.replaceOnPatch() || !live.isArray() || replace) {
            ArrayNode plain = Json.object().arrayNode();
            changes.forEach(c -> {
                if (Json.at(c, "$patch").isEmpty()) {
                    plain.add(apply(schema.itemOrAny(), null, c));
                }
            });
            return plain;
        }
        ArrayNode merged = (ArrayNode) live;
        changes.forEach(change -> mergeItem(schema, merged, change));
        return merged;
    }

    private static void mergeItem(Schema schema, ArrayNode merged, JsonNode change) {
        int at = indexOf(
                merged, schema.mergeKey(), schema.mergeKey().isEmpty() ? change : change.path(schema.mergeKey()));
        if (Json.at(change, "$patch").equals("delete")) {
            if (at >= 0) {
                merged.remove(at);
            }
        } else if (at < 0) {
            merged.add(apply(schema.itemOrAny(), null, change));
        } else {
            merged.set(at, apply(schema.itemOrAny(), merged.get(at), change));
        }
    }

    private static int indexOf(ArrayNode list, String mergeKey, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            JsonNode here = mergeKey.isEmpty() ? list.get(i) : list.get(i).path(mergeKey);
            if (here.equals(value)) {
                return i;
            }
        }
        return -1;
    }

    private static void deletePrimitives(ObjectNode result, String name, JsonNode values) {
        if (result.get(name) instanceof ArrayNode list) {
            values.forEach(v -> {
                int at = indexOf(list, "", v);
                if (at >= 0) {
                    list.remove(at);
                }
            });
        }
    }

    private static void retain(ObjectNode result, JsonNode keys) {
        if (keys.isArray()) {
            List<String> names = Bounds.texts(keys);
            result.retain(names);
        }
    }

    /** Items named in the order come in that order; others keep their places behind. */
    private static void order(Schema schema, ObjectNode result, String name, JsonNode order) {
        if (!name.startsWith(ORDER) || !(result.get(name.substring(ORDER.length())) instanceof ArrayNode list)) {
            return;
        }
        String key = schema.fieldOrAny(name.substring(ORDER.length())).mergeKey();
        List<JsonNode> sorted = new ArrayList<>();
        for (JsonNode wanted : order) {
            int at = indexOf(list, key, key.isEmpty() ? wanted : wanted.path(key));
            if (at >= 0) {
                sorted.add(list.remove(at));
            }
        }
        list.forEach(sorted::add);
        list.removeAll();
        list.addAll(sorted);
    }
}
