package io.devicemgr.operator.status;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** RFC 3339 times, as Kubernetes writes them. */
final class Timestamps {
    private Timestamps() {}

    /** Reads a time; one that is absent or cannot be read counts as long ago. */
    static Instant parse(String text) {
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    static String format(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
