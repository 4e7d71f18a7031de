package io.devicemgr.metrics;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All families of one process. */
public final class MetricRegistry {
    private final String prefix;
    private final List<Family> families = new CopyOnWriteArrayList<>();

    /** @param prefix what all names begin with */
    public MetricRegistry(String prefix) {
        this.prefix = prefix;
    }

    /** A counter; its name ends in _total. */
    public Counter counter(String name, String help, String... labels) {
        return added(new Counter(prefix + name, help, List.of(labels)));
    }

    /** Durations; the name ends in _seconds. */
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return added(new Histogram(prefix + name, help, List.of(labels), bounds));
    }

    /** Values that are asked for at each reading. */
    public Gauge gauge(String name, String help, Supplier<Stream<Gauge.Sample>> now, String... labels) {
        return added(new Gauge(prefix + name, help, "gauge", List.of(labels), now));
    }

    /**
     * Adds what the process costs, under the names that are the same for every process: no prefix.
     *
     * @param proc where /proc is
     */
    public void process(Path proc) {
        new ProcessFamilies(proc).all().forEach(this::added);
    }

    /** Drops the series of label values that are no longer wanted. */
    public void retain(String label, List<String> wanted) {
        families.forEach(family -> family.retain(label, wanted));
    }

    public List<Family> families() {
        return List.copyOf(families);
    }

    /** Content-Type of {@link #text()}. */
    public String contentType() {
        return TextFormat.CONTENT_TYPE;
    }

    /** Everything in the Prometheus text format. */
    public String text() {
        TextFormat out = new TextFormat();
        for (Family family : families) {
            out.head(family);
            family.write(out);
        }
        return out.toString();
    }

    private <T extends Family> T added(T family) {
        families.add(family);
        return family;
    }
}
