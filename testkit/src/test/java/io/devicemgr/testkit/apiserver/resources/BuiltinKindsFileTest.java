package io.devicemgr.testkit.apiserver.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The definitions of built-in kinds are those of the fabric8 model; the list of kinds is kept by hand. */
class BuiltinKindsFileTest {
    private static final Path FILE = Path.of("src/main/resources/io/devicemgr/testkit/apiserver/builtin-kinds.json");

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void fileIsWhatTheModelSays() throws IOException {
        String generated = generate(json.readTree(Files.readString(FILE)));
        if (Boolean.getBoolean("kinds.write")) {
            Files.writeString(FILE, generated);
        }
        assertThat(FILE)
                .as("write it anew with: mvn -pl testkit -am test -Dkinds.write=true")
                .content()
                .isEqualTo(generated);
    }

    private String generate(JsonNode file) throws IOException {
        ModelDefinitions model = new ModelDefinitions();
        KubernetesSerialization classes = new KubernetesSerialization();
        StringBuilder text = new StringBuilder("{\"kinds\":[");
        String separator = "\n";
        for (JsonNode kind : file.path("kinds")) {
            String group = kind.path("group").asText();
            String apiVersion = group.isEmpty() ? "v1" : group + "/v1";
            String name = model.add(classes.getRegisteredKubernetesResource(
                    apiVersion, kind.path("kind").asText()));
            text.append(separator).append(json.writeValueAsString(((ObjectNode) kind).put("schema", name)));
            separator = ",\n";
        }
        text.append("],\n\"definitions\":{");
        separator = "\n";
        for (Map.Entry<String, ObjectNode> definition : model.definitions().entrySet()) {
            text.append(separator)
                    .append(json.writeValueAsString(definition.getKey()))
                    .append(':')
                    .append(json.writeValueAsString(definition.getValue()));
            separator = ",\n";
        }
        return text.append("}}\n").toString();
    }
}
