package io.devicemgr.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The YAML that users install is what the classes say. */
class CrdYamlTest {
    private static final Path CHECKED_IN = Path.of("yaml");

    @Test
    void checkedInYamlIsWhatTheClassesSay() throws IOException {
        Map<String, String> generated = CrdYaml.generate();
        if (Boolean.getBoolean("crds.write")) {
            for (Map.Entry<String, String> crd : generated.entrySet()) {
                Files.writeString(CHECKED_IN.resolve(crd.getKey()), crd.getValue());
            }
        }
        try (var files = Files.list(CHECKED_IN)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(generated.keySet());
        }
        generated.forEach((name, yaml) -> assertThat(CHECKED_IN.resolve(name))
                .as("write it anew with: mvn -pl crds test -Dcrds.write=true")
                .content()
                .isEqualTo(yaml));
    }
}
