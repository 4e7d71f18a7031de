package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.schema.Schema.ListKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The texts of path elements and how they print in messages. */
final class PathElements {
    private PathElements() {}

    static String field(String name) {
        return "f:" + name;
    }

    /** The element of a set or map list's item; empty when the item has none of the keys. */
    static Optional<String> item(Schema list, JsonNode item) {
        if (list.listKind() == ListKind.SET) {
            return Optional.of("v:" + Json.text(item));
        }
        ObjectNode key = Json.object();
        for (String name : new TreeSet<>(list.listMapKeys())) {
            JsonNode value = item.path(name);
            if (value.isMissingNode()) {
                Optional<JsonNode> byDefault = list.itemOrAny().fieldOrAny(name).defaultValue();
                byDefault.ifPresent(v -> key.set(name, v));
            } else {
                key.set(name, value);
            }
        }
        return key.isEmpty() ? Optional.empty() : Optional.of("k:" + Json.text(key));
    }

    /** The notation of messages: .name, [name="x"], [="x"]. */
    static String shown(String element) {
        String text = element.substring(2);
        return switch (element.charAt(0)) {
            case 'f' -> "." + text;
            case 'v' -> "[=" + text + "]";
            default -> keyShown(Json.trusted(text));
        };
    }

    private static String keyShown(JsonNode key) {
        List<String> parts = new ArrayList<>();
        key.properties().forEach(e -> parts.add(e.getKey() + "=" + Json.text(e.getValue())));
        return "[" + String.join(",", parts) + "]";
    }
}
