package io.devicemgr.operator.fleet;

import java.util.List;
import java.util.stream.Collectors;

/** Lists in messages: the first few by name, then how many more. */
public final class Wording {
    private static final int NAMED = 3;

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

    /** A message of somebody else, shortened to fit in a line of ours. */
    public static String shorten(String text, int length) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= length ? line : line.substring(0, length - 3) + "...";
    }
}
