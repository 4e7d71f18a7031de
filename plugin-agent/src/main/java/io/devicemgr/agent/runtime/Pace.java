package io.devicemgr.agent.runtime;

import java.time.Duration;

/** A token bucket: a burst goes through at once, then one per interval. What comes after quiet is never held back. */
public final class Pace {
    private final long intervalNanos;
    private final long toleranceNanos;
    private long nextFreeNanos;
    private boolean used;

    /**
     * @param burst how many go through at once after quiet, at least 1
     * @param interval time between two after that
     */
    public Pace(int burst, Duration interval) {
        this.intervalNanos = interval.toNanos();
        this.toleranceNanos = (burst - 1) * intervalNanos;
    }

    /**
     * Takes a turn if there is one.
     *
     * @param nowNanos the time, from {@link System#nanoTime()}
     * @return 0 when the turn is taken, otherwise how many nanoseconds to wait before asking again
     */
    public synchronized long take(long nowNanos) {
        if (!used) {
            used = true;
            nextFreeNanos = nowNanos + intervalNanos;
            return 0;
        }
        long early = nextFreeNanos - toleranceNanos - nowNanos;
        if (early > 0) {
            return early;
        }
        nextFreeNanos = Math.max(nextFreeNanos - nowNanos, 0) + nowNanos + intervalNanos;
        return 0;
    }
}
