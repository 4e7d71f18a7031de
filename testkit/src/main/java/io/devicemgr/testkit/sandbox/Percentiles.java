package io.devicemgr.testkit.sandbox;

import java.util.List;
import java.util.stream.Stream;

/** Summary of a series of measurements; a percentile is the smallest value that so many per cent do not exceed. */
record Percentiles(int count, double median, double p99, double max) {
    static Percentiles of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return new Percentiles(sorted.size(), percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100));
    }

    static Percentiles of(Stream<Double> values) {
        return of(values.toList());
    }

    private static double percentile(List<Double> sorted, int percent) {
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(sorted.size() * percent / 100.0);
        return sorted.get(Math.max(rank, 1) - 1);
    }
}
