package io.devicemgr.testkit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the Prometheus text format 0.0.4 and takes nothing that is not exactly that; written from its specification. */
public final class TextFormatParser {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\]|\\\\\\\\|\\\\n)*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram)");
    private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\\\\\|\\\\\"|\\\\n)*)\"(,|$)");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+(\\.\\d+)?([eE][-+]?\\d+)?)|[-+]Inf|NaN");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<Series, Double> samples = new LinkedHashMap<>();
    private final Set<String> helped = new HashSet<>();
    private String family;

    /** A name and its labels. */
    public record Series(String name, Map<String, String> labels) {}

    private TextFormatParser() {}

    /**
     * The samples of a text.
     *
     * @throws IllegalArgumentException when it breaks the format
     */
    public static Map<Series, Double> parse(String text) {
        TextFormatParser parser = new TextFormatParser();
        require(text.endsWith("\n"), "the last line must end in a line feed", "");
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            parser.line(line);
        }
        parser.checkHistograms();
        return parser.samples;
    }

    private void line(String line) {
        Matcher help = HELP.matcher(line);
        Matcher type = TYPE.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (help.matches()) {
            require(helped.add(help.group(1)), "second HELP", line);
        } else if (type.matches()) {
            require(helped.contains(type.group(1)), "TYPE without HELP", line);
            require(types.put(type.group(1), type.group(2)) == null, "second TYPE", line);
            family = type.group(1);
        } else {
            require(!line.startsWith("#") && sample.matches(), "not a sample", line);
            sample(line, sample);
        }
    }

    private void sample(String line, Matcher sample) {
        String name = sample.group(1);
        boolean histogram = "histogram".equals(types.get(family));
        String base = histogram ? name.replaceFirst("_(bucket|sum|count)$", "") : name;
        require(base.equals(family) && base.equals(name) != histogram, "not below its own TYPE", line);
        require(NUMBER.matcher(sample.group(3)).matches(), "not a number", line);
        double value = number(sample.group(3));
        require(!types.get(family).equals("counter") || value >= 0, "a counter below zero", line);
        require(!types.get(family).equals("counter") || name.endsWith("_total"), "a counter without _total", line);
        Series series = new Series(name, labels(line, sample.group(2)));
        require(samples.put(series, value) == null, "the same series again", line);
    }

    private static Map<String, String> labels(String line, String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text == null) {
            return labels;
        }
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (end < text.length()) {
            require(label.find(end) && label.start() == end, "not a label at " + end, line);
            String value = unescaped(label.group(2));
            require(labels.put(label.group(1), value) == null, "the same label again", line);
            end = label.end();
        }
        require(!labels.isEmpty() && !text.endsWith(","), "empty labels", line);
        return labels;
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '\\') {
                i++;
                plain.append(text.charAt(i) == 'n' ? '\n' : text.charAt(i));
            } else {
                plain.append(each);
            }
        }
        return plain.toString();
    }

    private void checkHistograms() {
        Map<Series, Double> counts = new HashMap<>();
        Map<Series, Double> bounds = new HashMap<>();
        samples.forEach((series, value) -> {
            if (series.name().endsWith("_bucket")) {
                Map<String, String> rest = new TreeMap<>(series.labels());
                double bound = number(rest.remove("le"));
                Series whole = new Series(series.name().replaceFirst("_bucket$", "_count"), rest);
                require(bound > bounds.getOrDefault(whole, Double.NEGATIVE_INFINITY), "bounds must rise", series);
                require(value >= counts.getOrDefault(whole, 0.0), "buckets must not fall", series);
                bounds.put(whole, bound);
                counts.put(whole, value);
            }
        });
        counts.forEach((series, value) -> {
            require(bounds.get(series) == Double.POSITIVE_INFINITY, "no +Inf bucket", series);
            require(value.equals(samples.get(series)), "+Inf bucket and count differ", series);
        });
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("Inf", "Infinity"));
    }

    private static void require(boolean holds, String what, Object where) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": " + where);
        }
    }
}
