package io.devicemgr.metrics;

import io.devicemgr.metrics.Gauge.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the process costs, under the names that every Prometheus client uses; read from /proc at each scrape, absent where there is none. */
final class ProcessFamilies {
    /** Linux counts in these for programs, whatever the machine. */
    private static final double TICKS_PER_SECOND = 100;

    private static final double KIBIBYTE = 1024;
    /** Fields of stat behind the name, which may contain anything: the state is the first of them. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;
    private static final int START_TICKS = 19;

    private final Path proc;

    /** @param proc where /proc is */
    ProcessFamilies(Path proc) {
        this.proc = proc;
    }

    List<Family> all() {
        return List.of(
                family("process_cpu_seconds_total", "Processor time used, user and system.", "counter", this::cpu),
                family("process_resident_memory_bytes", "Resident memory.", "gauge", this::memory),
                family("process_start_time_seconds", "When the process was started.", "gauge", this::start));
    }

    private interface Reading {
        double value() throws IOException;
    }

    private static Family family(String name, String help, String type, Reading reading) {
        Supplier<Stream<Sample>> now = () -> {
            try {
                return Stream.of(Sample.of(reading.value()));
            } catch (IOException | RuntimeException e) {
                // Not Linux, or a /proc that shows nothing: a scrape must not fail for it.
                return Stream.of();
            }
        };
        return new Gauge(name, help, type, List.of(), now);
    }

    private double cpu() throws IOException {
        String[] stat = stat();
        return (Long.parseLong(stat[USER_TICKS]) + Long.parseLong(stat[SYSTEM_TICKS])) / TICKS_PER_SECOND;
    }

    private double memory() throws IOException {
        String line = line(proc.resolve("self/status"), "VmRSS:");
        return Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE;
    }

    private double start() throws IOException {
        String boot = line(proc.resolve("stat"), "btime ");
        return Long.parseLong(boot.substring("btime ".length()).strip())
                + Long.parseLong(stat()[START_TICKS]) / TICKS_PER_SECOND;
    }

    private String[] stat() throws IOException {
        String text = Files.readString(proc.resolve("self/stat"));
        return text.substring(text.lastIndexOf(')') + 2).split(" ");
    }

    private static String line(Path file, String start) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(each -> each.startsWith(start)).findFirst().orElseThrow();
        }
    }
}
