package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts, their unit tests and the dashboard's expressions, by Prometheus' own promtool. */
class AlertsIT {
    /** Exit code of .ci/alerts when promtool cannot be had. */
    private static final int NO_PROMTOOL = 77;

    @TempDir
    private Path directory;

    @Test
    void promtoolHasNothingToComplainAbout() throws Exception {
        Path output = directory.resolve("output");
        Process check = new ProcessBuilder(
                        Line.project().resolve(".ci/alerts").toString(),
                        dashboard().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(check.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String said = Files.readString(output);
        assumeThat(check.exitValue()).as(said).isNotEqualTo(NO_PROMTOOL);
        assertThat(check.exitValue()).as(said).isZero();
        assertThat(said).contains("rules found").contains("Unit Testing").doesNotContain("FAILED");
    }

    /** The expressions of the dashboard as rules, since promtool reads no dashboards. */
    private Path dashboard() throws IOException {
        List<Map<String, String>> rules = new ArrayList<>();
        for (String expr : Watching.dashboardExpressions()) {
            rules.add(Map.of("record", "dashboard:expression:" + rules.size(), "expr", expr));
        }
        assertThat(rules).isNotEmpty();
        Path file = directory.resolve("dashboard.yaml");
        Files.writeString(
                file, Serialization.asYaml(Map.of("groups", List.of(Map.of("name", "dashboard", "rules", rules)))));
        return file;
    }
}
