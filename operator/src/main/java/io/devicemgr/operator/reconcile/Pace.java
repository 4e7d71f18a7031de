package io.devicemgr.operator.reconcile;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How often one deployment may be looked at and its status be written. What comes after quiet is done at once; in a flood of
 * changes a look every second gathers them, and a status is never written twice within a second.
 */
final class Pace {
    /** Least time from the end of one write of a status to the next. */
    static final Duration BETWEEN_WRITES = Duration.ofSeconds(1);
    /** So many looks in a row cost no waiting: a change of the spec or an agent that starts comes as a handful of events. */
    static final int LOOKS = 10;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** What is known of one deployment; guarded by itself. */
    private static final class Entry {
        private final TokenBucket looks;
        private long nextWrite;
        private boolean owesWrite;

        private Entry(long now) {
            looks = new TokenBucket(LOOKS, BETWEEN_LOOKS, now);
            nextWrite = now;
        }

        private synchronized boolean isAsNew(long now) {
            return looks.isFull(now) && now - nextWrite >= 0;
        }
    }

    /**
     * Makes a pace.
     *
     * @param nanos a clock that never goes back
     */
    Pace(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Begins a look; or says how long to wait with it. A status that waits to be written is looked at when its time comes. */
    Optional<Duration> look(String deployment) {
        long now = nanos.getAsLong();
        Entry entry = entry(deployment, now);
        synchronized (entry) {
            long wait = entry.looks.until(now);
            if (entry.owesWrite) {
                wait = Math.min(wait, Math.max(0, entry.nextWrite - now));
            }
            if (wait > 0) {
                return Optional.of(wholeMillis(wait));
            }
            entry.looks.take(now);
            return Optional.empty();
        }
    }

    /** Whether a status may be written; if not, how long to wait with it. */
    Optional<Duration> write(String deployment) {
        long now = nanos.getAsLong();
        Entry entry = entry(deployment, now);
        synchronized (entry) {
            entry.owesWrite = now - entry.nextWrite < 0;
            return entry.owesWrite ? Optional.of(wholeMillis(entry.nextWrite - now)) : Optional.empty();
        }
    }

    /** The API server has answered a write, whatever it said. */
    void written(String deployment) {
        long now = nanos.getAsLong();
        Entry entry = entry(deployment, now);
        synchronized (entry) {
            entry.nextWrite = now + BETWEEN_WRITES.toNanos();
        }
    }

    /** There is nothing to write any more. */
    void settled(String deployment) {
        Entry entry = entry(deployment, nanos.getAsLong());
        synchronized (entry) {
            entry.owesWrite = false;
        }
    }

    /** Timers count milliseconds, and one that is early would come for nothing. */
    private static Duration wholeMillis(long nanos) {
        return Duration.ofMillis((nanos + 999_999) / 1_000_000);
    }

    private Entry entry(String deployment, long now) {
        Entry known = entries.get(deployment);
        if (known != null) {
            return known;
        }
        // A deployment that was quiet for a while is as good as unknown, and so is one that has gone.
        entries.values().removeIf(entry -> entry.isAsNew(now));
        return entries.computeIfAbsent(deployment, name -> new Entry(now));
    }
}
