package io.devicemgr.agent.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Tells whether an executor still gets on, by sending a task through it whenever somebody asks: so it costs nothing while
 * nobody does, and a stuck one shows from the second question on.
 */
public final class Pulse {
    private final String worker;
    private final long limitNanos;
    private final Executor executor;
    private final LongSupplier clock;
    private volatile boolean outstanding;
    private long sentNanos;

    /**
     * @param worker what the executor does, for the message
     * @param limit how long a task may wait
     */
    public Pulse(String worker, Duration limit, Executor executor) {
        this(worker, limit, executor, System::nanoTime);
    }

    Pulse(String worker, Duration limit, Executor executor, LongSupplier clock) {
        this.worker = worker;
        this.limitNanos = limit.toNanos();
        this.executor = executor;
        this.clock = clock;
    }

    /** What is wrong, or nothing; an executor that was shut down is not asked any more. */
    public synchronized Optional<String> trouble() {
        long now = clock.getAsLong();
        if (!outstanding) {
            outstanding = true;
            sentNanos = now;
            send();
        } else if (now - sentNanos > limitNanos) {
            return Optional.of(worker + " has been stuck for at least " + (now - sentNanos) / 1_000_000_000L + " s");
        }
        return Optional.empty();
    }

    private void send() {
        try {
            executor.execute(() -> outstanding = false);
        } catch (RejectedExecutionException e) {
            outstanding = false;
        }
    }
}
