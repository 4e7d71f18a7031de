package io.devicemgr.operator.fleet;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Lists in messages: the first few by name, then how many more. */
public final class Wording {
    private static final int NAMED = 3;
    /** Times, ephemeral ports and ids: they differ each time that the same thing goes wrong. */
    private static final Pattern PASSING =
            Pattern.compile("\\b\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d[0-9.,]*(Z|[+-]\\d\\d:?\\d\\d)?\\s*"
                    + "|(?<=tcp )\\S+->"
                    + "|\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b"
                    + "|(?<!sha256:)\\b[0-9a-f]{32,}\\b");

    private Wording() {}

    /** The first three, and how many more there are. */
    public static String firstOf(List<String> items) {
        return firstOf(items, "; ");
    }

    /** The first three, separated, and how many more there are. */
    public static String firstOf(List<String> items, String separator) {
        String named = items.stream().limit(NAMED).collect(Collectors.joining(separator));
        return items.size() > NAMED ? named + separator + "and " + (items.size() - NAMED) + " more" : named;
    }

    /** The first three names, and how many more there are. */
    public static String names(List<String> names) {
        String named = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() > NAMED ? named + " and " + (names.size() - NAMED) + " more" : named;
    }

    /** A message of somebody else without what changes from one time to the next, so that a cause that stays reads the same. */
    public static String steady(String text) {
        return text == null ? "" : PASSING.matcher(text).replaceAll("").strip();
    }

    /** The beginning and the end of a message of somebody else: what was tried, and why it failed. */
    public static String ends(String text, int length) {
        String line = text.strip().replaceAll("\\s+", " ");
        int tail = length * 2 / 3;
        return line.length() <= length
                ? line
                : line.substring(0, length - tail - 5) + " ... " + line.substring(line.length() - tail);
    }

    /** A message of somebody else, shortened to fit in a line of ours. */
    public static String shorten(String text, int length) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= length ? line : line.substring(0, length - 3) + "...";
    }
}
