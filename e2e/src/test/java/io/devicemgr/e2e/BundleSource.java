package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the OLM bundle is made of besides the chart: bundle/source, the definitions, and the examples that it names. */
final class BundleSource {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path DIRECTORY = Line.project().resolve("bundle/source");

    private final JsonNode bundle = read(DIRECTORY.resolve("bundle.yaml"));

    BundleSource() throws IOException {}

    static JsonNode read(Path file) throws IOException {
        return YAML.readTree(Files.readString(file));
    }

    Path values() {
        return DIRECTORY.resolve("values.yaml");
    }

    String packageName() {
        return bundle.get("package").asText();
    }

    List<String> channels() {
        List<String> channels = new ArrayList<>();
        bundle.get("channels").forEach(channel -> channels.add(channel.asText()));
        return channels;
    }

    /** The namespace that OLM suggests. */
    JsonNode namespace() {
        return bundle.get("namespace");
    }

    /** A fresh copy of what is known of the ClusterServiceVersion. */
    ObjectNode csv(String version) throws IOException {
        String text = Files.readString(DIRECTORY.resolve("csv.yaml")).replace("$VERSION", version);
        return (ObjectNode) YAML.readTree(text);
    }

    String description() throws IOException {
        return Files.readString(DIRECTORY.resolve("description.md"));
    }

    String icon() throws IOException {
        byte[] svg = Files.readString(DIRECTORY.resolve("icon.svg")).getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(svg);
    }

    String samples() throws IOException {
        ArrayNode samples = YAML.createArrayNode();
        for (JsonNode path : bundle.get("samples")) {
            samples.add(read(Line.project().resolve(path.asText())));
        }
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(samples);
    }

    /** The definitions, file name to text. */
    Map<String, String> definitions() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(Line.project().resolve("crds/yaml"))) {
            for (Path file : files.toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return texts;
    }
}
