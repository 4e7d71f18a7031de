package io.devicemgr.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Expected objects, written by hand as YAML. */
final class Golden {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON = new JsonMapper();

    private Golden() {}

    /** Reads an expected object; REVISION stands for the revision. */
    static JsonNode read(String name, String revision) {
        try (var in = Golden.class.getResourceAsStream("/golden/" + name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("REVISION", revision);
            // The variable keeps its name.
            return YAML.readTree(text.replace("{name: " + revision + ", value", "{name: REVISION, value"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As text and back, so that numbers compare by value whatever their Java type. */
    static JsonNode json(Object object) {
        try {
            return JSON.readTree(JSON.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
