package io.devicemgr.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The page that users read says what the definitions say, and leaves nothing out. */
class ReferencePageTest {
    private static final Path CHECKED_IN = Path.of("..", "docs", "crd-reference.md");

    @Test
    void checkedInPageIsWhatTheDefinitionsSay() throws IOException {
        String page = ReferencePage.of(CrdYaml.generate());
        if (Boolean.getBoolean("crds.write")) {
            Files.writeString(CHECKED_IN, page);
        }
        assertThat(CHECKED_IN)
                .as("write it anew with: mvn -pl crds test -Dcrds.write=true")
                .content()
                .isEqualTo(page);
    }

    @Test
    void everyFieldOfTheDefinitionsHasAnAnchorOfItsOwn() throws IOException {
        String page = ReferencePage.of(CrdYaml.generate());
        Set<String> paths = new TreeSet<>();
        for (Map.Entry<String, String> definition : CrdYaml.generate().entrySet()) {
            JsonNode spec = new YAMLMapper().readTree(definition.getValue()).get("spec");
            JsonNode schema = spec.at("/versions/0/schema/openAPIV3Schema");
            fields(spec.at("/names/shortNames/0").asText(), schema, paths);
        }
        assertThat(paths)
                .hasSizeGreaterThan(300)
                .allSatisfy(path -> assertThat(page).containsOnlyOnce("<a id=\"" + path + "\"></a>"));
    }

    /** Walks the definition itself and not what the page is made with. */
    private static void fields(String path, JsonNode schema, Set<String> paths) {
        schema.path("properties").properties().forEach(field -> {
            paths.add(path + "." + field.getKey());
            fields(path + "." + field.getKey(), field.getValue(), paths);
        });
        if (schema.has("items")) {
            fields(path, schema.get("items"), paths);
        }
        if (schema.path("additionalProperties").isObject()) {
            fields(path, schema.get("additionalProperties"), paths);
        }
    }
}
