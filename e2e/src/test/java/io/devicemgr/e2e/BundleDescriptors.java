package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/** What OpenShift's console is told of a definition's fields, from the descriptions in its schema. */
final class BundleDescriptors {
    private static final String UI = "urn:alm:descriptor:com.tectonic.ui:";
    /** Where the console knows more than the type. */
    private static final Map<String, String> KNOWN = Map.of(
            "conditions",
            "urn:alm:descriptor:io.kubernetes.conditions",
            "agent.resources",
            UI + "resourceRequirements",
            "agent.imagePullPolicy",
            UI + "imagePullPolicy");

    private final ArrayNode found = JsonNodeFactory.instance.arrayNode();
    private final boolean intoLists;

    private BundleDescriptors(boolean intoLists) {
        this.intoLists = intoLists;
    }

    /** What may be written: the fields of a list's first entry stand for those of all. */
    static ArrayNode ofSpec(JsonNode schema) {
        return new BundleDescriptors(true).all(schema);
    }

    /** What is read: a list as a whole. */
    static ArrayNode ofStatus(JsonNode schema) {
        return new BundleDescriptors(false).all(schema);
    }

    private ArrayNode all(JsonNode schema) {
        below("", schema);
        return found;
    }

    private void below(String path, JsonNode schema) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String here = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            JsonNode field = property.getValue();
            if (field.has("description")) {
                add(here, property.getKey(), field);
            }
            below(here, field);
            if (intoLists) {
                below(here + "[0]", field.path("items"));
            }
        }
    }

    private void add(String path, String name, JsonNode field) {
        ObjectNode descriptor = found.addObject();
        descriptor.put("path", path);
        descriptor.put("displayName", words(name));
        descriptor.put("description", field.get("description").asText());
        ArrayNode marks = JsonNodeFactory.instance.arrayNode();
        if (KNOWN.containsKey(path)) {
            marks.add(KNOWN.get(path));
        } else if (field.has("enum")) {
            field.get("enum").forEach(value -> marks.add(UI + "select:" + value.asText()));
        } else {
            byType(field.path("type").asText(), marks);
        }
        if (!marks.isEmpty()) {
            descriptor.set("x-descriptors", marks);
        }
    }

    private static void byType(String type, ArrayNode marks) {
        switch (type) {
            case "boolean" -> marks.add(UI + "booleanSwitch");
            case "integer" -> marks.add(UI + "number");
            case "string" -> marks.add(UI + "text");
            default -> {
                // The console shows lists and objects as what they are.
            }
        }
    }

    private static String words(String name) {
        String spaced = name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        return spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
    }
}
