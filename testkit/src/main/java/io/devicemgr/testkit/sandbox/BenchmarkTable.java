package io.devicemgr.testkit.sandbox;

import java.io.PrintStream;
import java.util.Locale;

/** Prints measurements one under the other, each beside its target. */
final class BenchmarkTable {
    private static final String ROW = "%-58s %9s %9s %9s %6s  %s%n";

    private final PrintStream out;

    BenchmarkTable(PrintStream out) {
        this.out = out;
    }

    /** Starts a group of rows. */
    void title(String title) {
        out.printf("%n%s%n", title);
        out.printf(ROW, "", "median", "p99", "max", "n", "target");
    }

    /** A series without a target. */
    void row(String measure, Percentiles series) {
        series(measure, series, "");
    }

    /** A series whose 99th percentile has a target. */
    void row(String measure, Percentiles series, double p99) {
        series(measure, series, String.format(Locale.ROOT, "p99 <= %s %s", plain(p99), verdict(series.p99(), p99)));
    }

    /** One value without a target. */
    void row(String measure, double value) {
        out.printf(ROW, measure, decimal(value), "", "", "", "");
    }

    /** One value that must not exceed its target. */
    void row(String measure, double value, double most) {
        out.printf(ROW, measure, decimal(value), "", "", "", "<= " + plain(most) + " " + verdict(value, most));
    }

    /** Something that has to be said in words. */
    void note(String text) {
        out.println(text);
    }

    private void series(String measure, Percentiles series, String target) {
        out.printf(
                ROW,
                measure,
                decimal(series.median()),
                decimal(series.p99()),
                decimal(series.max()),
                series.count(),
                target);
    }

    private static String verdict(double value, double most) {
        return value <= most ? "met" : "MISSED";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : "%.1f", value);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
