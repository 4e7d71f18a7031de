package io.devicemgr.testkit.apiserver.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** JSON and YAML text to trees and back, and the few reads of object metadata that everything here needs. */
public final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().nodeFactory(new GoNumbers()).build();
    private static final YAMLMapper YAML =
            YAMLMapper.builder().nodeFactory(new GoNumbers()).build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Parses JSON or YAML (a superset here); throws IOException with the parser's words when it is neither. */
    public static JsonNode parse(byte[] body) throws IOException {
        for (byte b : body) {
            if (b == '{' || b == '[') {
                return MAPPER.readTree(body);
            }
            if (b > ' ') {
                break;
            }
        }
        return YAML.readTree(body);
    }

    /** Parses JSON text that this code itself wrote. */
    public static JsonNode trusted(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + text, e);
        }
    }

    /** All documents of a YAML text; empty documents are left out. */
    public static List<ObjectNode> documents(String yaml) {
        List<ObjectNode> all = new ArrayList<>();
        try (MappingIterator<JsonNode> docs = YAML.readerFor(JsonNode.class).readValues(yaml)) {
            while (docs.hasNext()) {
                if (docs.next() instanceof ObjectNode object && !object.isEmpty()) {
                    all.add(object);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not YAML: " + e.getMessage(), e);
        }
        return all;
    }

    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The text at a path of fields, or "" when something on the way is absent. */
    public static String at(JsonNode node, String... path) {
        return in(node, path).asText("");
    }

    /** The node at a path of fields, or a missing node. */
    public static JsonNode in(JsonNode node, String... path) {
        JsonNode here = node;
        for (String step : path) {
            here = here.path(step);
        }
        return here;
    }

    /** The object at a field, made when absent or null. */
    public static ObjectNode child(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode object ? object : parent.putObject(field);
    }

    public static ObjectNode metadata(ObjectNode object) {
        return child(object, "metadata");
    }

    public static String name(JsonNode object) {
        return at(object, "metadata", "name");
    }

    public static String namespace(JsonNode object) {
        return at(object, "metadata", "namespace");
    }

    public static ArrayNode strings(Iterable<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
