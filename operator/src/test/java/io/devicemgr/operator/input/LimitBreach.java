package io.devicemgr.operator.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The smallest change to the whole spec that breaks one limit of the schema, and what an API server then says.
 *
 * @param limit the limit's keyword
 * @param says field and message
 */
record LimitBreach(SchemaPlace place, String limit, ObjectNode spec, String says) {
    /** No pattern of the schema allows a blank or a tilde. */
    private static final String MATCHES_NOTHING = "~ ~";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** One for each limit of a place. */
    static List<LimitBreach> of(SchemaPlace place) {
        List<LimitBreach> all = new ArrayList<>();
        JsonNode schema = place.schema();
        for (JsonNode name : schema.path("required")) {
            all.add(missing(place, name.asText()));
        }
        if (schema.has("enum")) {
            String known = StreamSupport.stream(schema.path("enum").spliterator(), false)
                    .map(value -> "\"" + value.asText() + "\"")
                    .collect(Collectors.joining(", "));
            all.add(put(
                    place,
                    "enum",
                    TextNode.valueOf("Some"),
                    "Unsupported value: \"Some\": supported values: " + known));
        }
        number(place, schema, all);
        text(place, schema, all);
        size(place, schema, all);
        return all;
    }

    private static LimitBreach missing(SchemaPlace place, String name) {
        ObjectNode spec = SpecTree.whole();
        SpecTree.set(spec, place.pointer() + "/" + name, null);
        return new LimitBreach(place, "required " + name, spec, place.field() + "." + name + ": Required value");
    }

    private static void number(SchemaPlace place, JsonNode schema, List<LimitBreach> all) {
        String body = ": " + place.field() + " in body should be ";
        if (schema.has("minimum")) {
            long min = schema.path("minimum").asLong();
            all.add(put(
                    place,
                    "minimum",
                    JSON.numberNode(min - 1),
                    "Invalid value: " + (min - 1) + body + "greater than or equal to " + min));
        }
        if (schema.has("maximum")) {
            long max = schema.path("maximum").asLong();
            all.add(put(
                    place,
                    "maximum",
                    JSON.numberNode(max + 1),
                    "Invalid value: " + (max + 1) + body + "less than or equal to " + max));
        }
    }

    private static void text(SchemaPlace place, JsonNode schema, List<LimitBreach> all) {
        if (schema.has("pattern")) {
            all.add(put(
                    place,
                    "pattern",
                    TextNode.valueOf(MATCHES_NOTHING),
                    "Invalid value: \"" + MATCHES_NOTHING + "\": " + place.field() + " in body should match '"
                            + schema.path("pattern").asText() + "'"));
        }
        if (schema.has("minLength")) {
            String shorter = "x".repeat(schema.path("minLength").asInt() - 1);
            all.add(put(
                    place,
                    "minLength",
                    TextNode.valueOf(shorter),
                    "Invalid value: \"" + shorter + "\": " + place.field() + " in body should be at least "
                            + schema.path("minLength") + " chars long"));
        }
        if (schema.has("maxLength")) {
            int max = schema.path("maxLength").asInt();
            all.add(put(
                    place,
                    "maxLength",
                    TextNode.valueOf("x".repeat(max + 1)),
                    "Too long: may not be more than " + max + " bytes"));
        }
    }

    private static void size(SchemaPlace place, JsonNode schema, List<LimitBreach> all) {
        if (schema.has("minItems")) {
            all.add(put(
                    place,
                    "minItems",
                    JSON.arrayNode(),
                    "Invalid value: 0: " + place.field() + " in body should have at least " + schema.path("minItems")
                            + " items"));
        }
        if (schema.has("maxItems")) {
            int max = schema.path("maxItems").asInt();
            ArrayNode items = JSON.arrayNode();
            for (int i = 0; i <= max; i++) {
                items.add(place.value().get(0));
            }
            all.add(put(place, "maxItems", items, "Too many: " + (max + 1) + ": must have at most " + max + " items"));
        }
        if (schema.has("maxProperties")) {
            int max = schema.path("maxProperties").asInt();
            ObjectNode map = JSON.objectNode();
            for (int i = 0; i <= max; i++) {
                map.set("key" + i, place.value().elements().next());
            }
            all.add(put(
                    place, "maxProperties", map, "Too many: " + (max + 1) + ": must have at most " + max + " items"));
        }
    }

    private static LimitBreach put(SchemaPlace place, String limit, JsonNode value, String message) {
        ObjectNode spec = SpecTree.whole();
        SpecTree.set(spec, place.pointer(), value);
        return new LimitBreach(place, limit, spec, place.field() + ": " + message);
    }

    @Override
    public String toString() {
        return place + " " + limit;
    }
}
