package io.devicemgr.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.metrics.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The operator's table of docs/metrics.md is what the code has; {@code -Dmetrics.write=true} writes it anew. */
class MetricsPageTest {
    private static final Path PAGE = Path.of("../docs/metrics.md");
    private static final String CHAPTER = "# What the operator measures";
    private static final String HEAD = "| metric | type | labels | what it is |\n|---|---|---|---|\n";

    @Test
    void theTableNamesEveryMetricWithItsTypeAndLabels() throws IOException {
        Clock clock = Clock.systemUTC();
        OperatorMetrics metrics =
                new OperatorMetrics(clock, new Sight(clock), () -> true, () -> 0, Stream::of, Set::of);
        String table =
                metrics.registry().families().stream().map(MetricsPageTest::row).collect(Collectors.joining());
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEAD, page.indexOf(CHAPTER)) + HEAD.length();
        int end = page.indexOf("\n\n", start) + 1;
        if (Boolean.getBoolean("metrics.write")) {
            Files.writeString(PAGE, page.substring(0, start) + table + page.substring(end));
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
