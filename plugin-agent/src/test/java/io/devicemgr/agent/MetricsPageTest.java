package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.metrics.Family;
import io.devicemgr.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of docs/metrics.md is what the code has; {@code -Dmetrics.write=true} writes it anew. */
class MetricsPageTest {
    private static final Path PAGE = Path.of("../docs/metrics.md");
    private static final String HEAD = "| metric | type | labels | what it is |\n|---|---|---|---|\n";

    @Test
    void theTableNamesEveryMetricWithItsTypeAndLabels() throws IOException {
        MetricRegistry registry = new Metrics().registry();
        AgentGauges.register(registry, Optional::empty, "", () -> true, () -> true);
        AgentGauges.registerLosses(registry, Optional::empty, Map::of);
        registry.process(Path.of("/proc"));
        String table = registry.families().stream().map(MetricsPageTest::row).collect(Collectors.joining());
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEAD) + HEAD.length();
        int end = page.indexOf("\n\n", start) + 1;
        if (Boolean.getBoolean("metrics.write")) {
            page = page.substring(0, start) + table + page.substring(end);
            Files.writeString(PAGE, page);
            return;
        }
        assertThat(page.substring(start, end)).isEqualTo(table);
    }

    private static String row(Family family) {
        List<String> labels =
                family.labels().stream().map(label -> "`" + label + "`").toList();
        return "| `" + family.name() + "` | " + family.type() + " | " + String.join(", ", labels) + " | "
                + family.help() + " |\n";
    }
}
