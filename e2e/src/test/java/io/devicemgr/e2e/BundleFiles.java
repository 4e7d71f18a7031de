package io.devicemgr.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A bundle as OLM reads it. */
record BundleFiles(Map<String, JsonNode> manifests, Map<String, JsonNode> metadata, List<String> image) {
    private static final YAMLMapper YAML = new YAMLMapper();
    /** The definitions, by text: the largest files, read again and again. */
    private static final Map<String, JsonNode> DEFINITIONS = new ConcurrentHashMap<>();

    static BundleFiles parse(Map<String, String> files) {
        String image = files.getOrDefault("bundle.Containerfile", "");
        return new BundleFiles(
                below("manifests/", files),
                below("metadata/", files),
                image.lines().filter(line -> !line.startsWith("#")).toList());
    }

    private static Map<String, JsonNode> below(String directory, Map<String, String> files) {
        Map<String, JsonNode> found = new TreeMap<>();
        files.forEach((name, text) -> {
            if (name.startsWith(directory)) {
                boolean definition = text.contains("\nkind: \"CustomResourceDefinition\"\n");
                found.put(
                        name.substring(directory.length()),
                        definition ? DEFINITIONS.computeIfAbsent(text, BundleFiles::tree) : tree(text));
            }
        });
        return found;
    }

    static JsonNode tree(String text) {
        try {
            return YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Stream<JsonNode> ofKind(String kind) {
        return manifests.values().stream()
                .filter(manifest -> manifest.path("kind").asText().equals(kind));
    }

    /** The ClusterServiceVersion; an empty one where there is none. */
    JsonNode csv() {
        return ofKind("ClusterServiceVersion").findFirst().orElseGet(YAML::createObjectNode);
    }

    JsonNode annotations() {
        return metadata.getOrDefault("annotations.yaml", YAML.createObjectNode())
                .path("annotations");
    }

    /** All containers of all deployments. */
    List<JsonNode> containers() {
        List<JsonNode> containers = new ArrayList<>();
        csv().at("/spec/install/spec/deployments")
                .forEach(deployment ->
                        deployment.at("/spec/template/spec/containers").forEach(containers::add));
        return containers;
    }
}
