package io.devicemgr.metrics;

import java.util.List;

/** Writes the Prometheus text format, version 0.0.4. */
final class TextFormat {
    /** What the answer's Content-Type must be. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double EXACT = 1L << 53;

    private final StringBuilder text = new StringBuilder();

    void head(Family family) {
        text.append("# HELP ").append(family.name()).append(' ');
        escaped(family.help(), false);
        text.append("\n# TYPE ").append(family.name()).append(' ').append(family.type());
        text.append('\n');
    }

    void sample(String name, List<String> labels, List<String> values, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{');
            labels(labels, values);
            text.append('}');
        }
        value(value);
    }

    void bucket(String name, List<String> labels, List<String> values, double bound, long count) {
        text.append(name).append("_bucket{");
        labels(labels, values);
        text.append(labels.isEmpty() ? "le=\"" : ",le=\"").append(number(bound)).append("\"}");
        value(count);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void labels(List<String> labels, List<String> values) {
        for (int i = 0; i < labels.size(); i++) {
            text.append(i == 0 ? "" : ",").append(labels.get(i)).append("=\"");
            escaped(values.get(i), true);
            text.append('"');
        }
    }

    private void value(double value) {
        text.append(' ').append(number(value)).append('\n');
    }

    /** Quotes are escaped in label values only. */
    private void escaped(String plain, boolean quotes) {
        for (int i = 0; i < plain.length(); i++) {
            char each = plain.charAt(i);
            if (each == '\n') {
                text.append("\\n");
            } else if (each == '\\' || quotes && each == '"') {
                text.append('\\').append(each);
            } else {
                text.append(each);
            }
        }
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        boolean whole = Math.rint(value) == value && Math.abs(value) < EXACT;
        return whole ? Long.toString((long) value) : Double.toString(value);
    }
}
