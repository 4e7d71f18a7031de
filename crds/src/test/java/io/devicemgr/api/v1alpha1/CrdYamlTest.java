package io.devicemgr.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The YAML that users install is what the classes say. */
class CrdYamlTest {
    private static final Path CHECKED_IN = Path.of("yaml");
    private static final Path CHART = Path.of("../helm/definitions");

    @ParameterizedTest
    @MethodSource("copies")
    void checkedInYamlIsWhatTheClassesSay(Path directory) throws IOException {
        Map<String, String> generated = CrdYaml.generate();
        if (Boolean.getBoolean("crds.write")) {
            for (Map.Entry<String, String> crd : generated.entrySet()) {
                Files.writeString(directory.resolve(crd.getKey()), crd.getValue());
            }
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(generated.keySet());
        }
        generated.forEach((name, yaml) -> assertThat(directory.resolve(name))
                .as("write it anew with: mvn -pl crds test -Dcrds.write=true")
                .content()
                .isEqualTo(yaml));
    }

    static Stream<Path> copies() {
        return Stream.of(CHECKED_IN, CHART);
    }
}
