package io.devicemgr.agent.runtime;

import java.time.Duration;
import java.util.Optional;

/** Tells whether a worker thread lives and gets on with its work. */
public final class Heartbeat {
    private final String worker;
    private final long limitNanos;
    private volatile long busySince;
    private volatile boolean busy;
    private volatile boolean dead;

    /**
     * @param worker what the thread does, for the message
     * @param limit how long one piece of work may take
     */
    public Heartbeat(String worker, Duration limit) {
        this.worker = worker;
        this.limitNanos = limit.toNanos();
    }

    /** Runs one piece of work. */
    public void beat(Runnable work) {
        busySince = System.nanoTime();
        busy = true;
        try {
            work.run();
        } finally {
            busy = false;
        }
    }

    /** The thread has ended although it should not. */
    public void died() {
        dead = true;
    }

    /** What is wrong, or nothing. */
    public Optional<String> trouble() {
        if (dead) {
            return Optional.of(worker + " has ended");
        }
        long since = busySince;
        if (busy && System.nanoTime() - since > limitNanos) {
            return Optional.of(worker + " has been stuck for " + (System.nanoTime() - since) / 1_000_000_000L + " s");
        }
        return Optional.empty();
    }
}
