package io.devicemgr.testkit.kubelet;

import java.time.Duration;
import java.time.Instant;

/** The pause after a failed attempt: 0.5 s, doubled up to 2 min 2 s (rule 33). */
final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(122);

    private Duration pause = Duration.ZERO;
    private Instant failedAt = Instant.MIN;

    /** Strictly later, since an attempt fails a moment after the tick that began it: 0, +1, +3, +6 s on a loop of 1 s. */
    boolean over(Instant now) {
        return pause.isZero() || now.isAfter(failedAt.plus(pause));
    }

    void failed(Instant now) {
        Duration next = pause.isZero() ? FIRST : pause.multipliedBy(2);
        pause = next.compareTo(LONGEST) > 0 ? LONGEST : next;
        failedAt = now;
    }

    void succeeded() {
        pause = Duration.ZERO;
    }
}
