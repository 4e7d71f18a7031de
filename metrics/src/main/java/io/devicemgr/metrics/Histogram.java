package io.devicemgr.metrics;

import java.time.Duration;
import java.util.List;

/** Counts durations by fixed upper bounds, in seconds. */
public final class Histogram extends KeptFamily<Histogram.Series> {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double[] bounds;

    /** @param bounds upper bounds in seconds, ascending; the infinite one is added */
    Histogram(String name, String help, List<String> labels, double... bounds) {
        super(name, help, labels);
        this.bounds = bounds.clone();
    }

    /** Counts one duration; one below zero, from a clock that was set, counts as zero. */
    public void observe(Duration duration, String... values) {
        double seconds = Math.max(0, duration.toNanos() / NANOS_PER_SECOND);
        series(values).add(seconds);
    }

    @Override
    public String type() {
        return "histogram";
    }

    @Override
    Series fresh() {
        return new Series();
    }

    @Override
    void write(TextFormat out) {
        forEach((values, each) -> each.write(out, values));
    }

    /** One series; its lines belong together, so it is read and written under one lock. */
    final class Series {
        private final long[] counts = new long[bounds.length + 1];
        private double sum;

        private synchronized void add(double seconds) {
            int bucket = 0;
            while (bucket < bounds.length && seconds > bounds[bucket]) {
                bucket++;
            }
            counts[bucket]++;
            sum += seconds;
        }

        private synchronized void write(TextFormat out, List<String> values) {
            long count = 0;
            for (int i = 0; i < counts.length; i++) {
                count += counts[i];
                out.bucket(name(), labels(), values, i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, count);
            }
            out.sample(name() + "_sum", labels(), values, sum);
            out.sample(name() + "_count", labels(), values, count);
        }
    }
}
