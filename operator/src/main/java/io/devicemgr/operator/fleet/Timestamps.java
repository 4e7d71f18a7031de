package io.devicemgr.operator.fleet;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** RFC 3339 times, as Kubernetes writes them. */
public final class Timestamps {
    private Timestamps() {}

    /** Reads a time; one that is absent or cannot be read counts as long ago. */
    public static Instant parse(String text) {
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /** Writes a time, to the second. */
    public static String format(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
