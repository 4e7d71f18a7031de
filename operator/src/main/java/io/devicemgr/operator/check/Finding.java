package io.devicemgr.operator.check;

import java.util.Locale;
import java.util.Objects;

/**
 * What one look has shown.
 *
 * @param verdict whether it is as it should be
 * @param text what was looked at and what was seen; when it is not good, also who must change what
 */
record Finding(Verdict verdict, String text) {
    /** How it is. */
    enum Verdict {
        OK,
        FAIL,
        /** Worth knowing, and no fault of the installation. */
        NOTE
    }

    Finding {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(text, "text");
    }

    static Finding ok(String text) {
        return new Finding(Verdict.OK, text);
    }

    static Finding fail(String text) {
        return new Finding(Verdict.FAIL, text);
    }

    static Finding note(String text) {
        return new Finding(Verdict.NOTE, text);
    }

    boolean bad() {
        return verdict == Verdict.FAIL;
    }

    String line() {
        return String.format(Locale.ROOT, "%-4s  %s", verdict == Verdict.OK ? "ok" : verdict.name(), text);
    }
}
