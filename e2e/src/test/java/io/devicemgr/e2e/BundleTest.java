package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The OLM bundle that is checked in is what chart, definitions and examples say. */
class BundleTest {
    static final Path DIRECTORY = Line.project().resolve("bundle");

    @Test
    void checkedInBundleIsWhatTheChartSays() throws IOException {
        Map<String, String> generated = Bundle.generate(Map.of());
        if (Boolean.getBoolean("bundle.write")) {
            write(generated);
        }
        Map<String, String> there = checkedIn();
        assertThat(there.keySet()).as("write it anew: see docs/install.md").isEqualTo(generated.keySet());
        generated.forEach((file, text) -> assertThat(there.get(file))
                .as(
                        "%s; write it anew with: mvn -pl e2e -am test -Dtest=BundleTest -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dbundle.write=true",
                        file)
                .isEqualTo(text));
    }

    /** All of the bundle but its sources, by path from its directory. */
    static Map<String, String> checkedIn() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path file : generatedFiles()) {
            texts.put(DIRECTORY.relativize(file).toString(), Files.readString(file));
        }
        return texts;
    }

    private static void write(Map<String, String> generated) throws IOException {
        for (Path file : generatedFiles()) {
            Files.delete(file);
        }
        for (Map.Entry<String, String> each : generated.entrySet()) {
            Path file = DIRECTORY.resolve(each.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, each.getValue());
        }
    }

    private static List<Path> generatedFiles() throws IOException {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(DIRECTORY.resolve("source")))
                    .toList();
        }
    }
}
