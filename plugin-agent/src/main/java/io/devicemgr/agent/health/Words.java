package io.devicemgr.agent.health;

/** Makes text that a device or a program has written fit for a message: one line, without control characters. */
final class Words {
    private static final int MAX_VALUE = 80;

    private Words() {}

    /** Control characters and white space become single spaces. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\s\\x{FFFD}]+", " ").strip();
    }

    /** A value in quotes, cut when it is long. */
    static String quoted(String value) {
        String line = oneLine(value);
        return "'" + (line.length() <= MAX_VALUE ? line : line.substring(0, MAX_VALUE) + "...") + "'";
    }
}
