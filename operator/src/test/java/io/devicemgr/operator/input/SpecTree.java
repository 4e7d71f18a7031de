package io.devicemgr.operator.input;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Specs as trees, so that a test can put anything into them. */
final class SpecTree {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectNode WHOLE = (ObjectNode) resource("whole-spec.yaml");

    private SpecTree() {}

    /** A valid spec with every field there is. */
    static ObjectNode whole() {
        return WHOLE.deepCopy();
    }

    /** A deployment of a spec. */
    static ObjectNode deployment(String name, JsonNode spec) {
        ObjectNode deployment = JsonNodeFactory.instance.objectNode();
        deployment.put("apiVersion", "devicemgr.io/v1alpha1").put("kind", "DevicePluginDeployment");
        deployment.putObject("metadata").put("name", name);
        deployment.set("spec", spec);
        return deployment;
    }

    /** Puts a value at a place, or takes away what is there when there is no value. */
    static void set(JsonNode tree, String pointer, JsonNode value) {
        JsonPointer place = JsonPointer.compile(pointer);
        JsonNode parent = tree.at(place.head());
        if (parent instanceof ArrayNode list) {
            int index = place.last().getMatchingIndex();
            if (value == null) {
                list.remove(index);
            } else if (index == list.size()) {
                list.add(value);
            } else {
                list.set(index, value);
            }
        } else if (value == null) {
            ((ObjectNode) parent).remove(place.last().getMatchingProperty());
        } else {
            ((ObjectNode) parent).set(place.last().getMatchingProperty(), value);
        }
    }

    static JsonNode resource(String name) {
        try (InputStream in = SpecTree.class.getResourceAsStream(name)) {
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema of the spec, as users install it. */
    static JsonNode schema() {
        try {
            return YAML.readTree(Path.of("../crds/yaml/deviceplugindeployments.devicemgr.io.yaml")
                            .toFile())
                    .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
