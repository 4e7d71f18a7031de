package io.devicemgr.agent.health;

import io.devicemgr.agent.runtime.OneLine;

/** Makes text that a device or a program has written fit for a message: one line, without control characters. */
final class Words {
    private static final int MAX_VALUE = 80;

    private Words() {}

    /** A value in quotes, cut when it is long. */
    static String quoted(String value) {
        String line = OneLine.of(value);
        return "'" + (line.length() <= MAX_VALUE ? line : line.substring(0, MAX_VALUE) + "...") + "'";
    }
}
