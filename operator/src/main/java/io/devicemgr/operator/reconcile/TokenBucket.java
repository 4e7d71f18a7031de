package io.devicemgr.operator.reconcile;

import java.time.Duration;

/** Allows a number of steps at once, and after these one for each interval. Not safe for threads. */
final class TokenBucket {
    private final long interval;
    private final long all;
    /** When every token will be back. */
    private long fullAt;

    /**
     * A full bucket.
     *
     * @param now nanoseconds of a clock that never goes back, as in all that follows
     */
    TokenBucket(int size, Duration interval, long now) {
        this.interval = interval.toNanos();
        this.all = size * this.interval;
        this.fullAt = now;
    }

    /** Nanoseconds until the next step is allowed; 0 when it is allowed now. */
    long until(long now) {
        return Math.max(0, missing(now) + interval - all);
    }

    /** Takes a step, allowed or not. */
    void take(long now) {
        fullAt = now + Math.min(all, missing(now) + interval);
    }

    boolean isFull(long now) {
        return missing(now) == 0;
    }

    private long missing(long now) {
        return Math.max(0, fullAt - now);
    }
}
