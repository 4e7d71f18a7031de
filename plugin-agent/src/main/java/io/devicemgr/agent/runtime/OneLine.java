package io.devicemgr.agent.runtime;

import java.util.regex.Pattern;

/**
 * Text that a device, a program or a file name has brought, made fit for a message: nothing in it may end a line, begin a forged
 * one, or steer a terminal.
 */
public final class OneLine {
    private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s\\x{FFFD}]+");

    private OneLine() {}

    /** The text with a space for each run of control characters and white space, and none at its ends. */
    public static String of(String text) {
        return UNFIT.matcher(text).replaceAll(" ").strip();
    }
}
