package io.devicemgr.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessFamiliesTest {
    private static final String STAT =
            "42 (odd) name) S 1 42 42 0 -1 4194560 1 0 0 0 150 25 7 7 20 0 9 0 1200 99 88 18446744073709551615\n";

    @TempDir
    private Path proc;

    private final MetricRegistry registry = new MetricRegistry("x_");

    @Test
    void whatTheKernelSaysIsReadInSecondsAndBytes() throws IOException {
        Files.createDirectory(proc.resolve("self"));
        Files.writeString(proc.resolve("self/stat"), STAT);
        Files.writeString(proc.resolve("self/status"), "Name:\todd\nVmHWM:\t 9 kB\nVmRSS:\t   2048 kB\n");
        Files.writeString(proc.resolve("stat"), "cpu 1 2\nbtime 1700000000\n");
        registry.process(proc);
        assertThat(read())
                .containsOnly(
                        Map.entry(series("process_cpu_seconds_total"), 1.75),
                        Map.entry(series("process_resident_memory_bytes"), 2097152.0),
                        Map.entry(series("process_start_time_seconds"), 1700000012.0));
    }

    @Test
    void whereThereIsNoProcNothingIsSaidAndNothingFails() {
        registry.process(proc);
        assertThat(read()).isEmpty();
    }

    private Map<Series, Double> read() {
        return TextFormatParser.parse(registry.text());
    }

    private static Series series(String name) {
        return new Series(name, Map.of());
    }
}
