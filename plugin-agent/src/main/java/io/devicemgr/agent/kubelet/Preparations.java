package io.devicemgr.agent.kubelet;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for preparations of all resources, and what waits for a reading of PodResources. */
final class Preparations implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("prepare", true));

    private final List<Awaited> awaited = new CopyOnWriteArrayList<>();

    private record Awaited(long sinceNanos, CompletableFuture<Reading> reading) {}

    Preparations() {
        threads.allowCoreThreadTimeOut(true);
    }

    Executor threads() {
        return threads;
    }

    /** The next reading that begins after this. */
    CompletableFuture<Reading> await(Runnable ask) {
        Awaited next = new Awaited(System.nanoTime(), new CompletableFuture<>());
        awaited.add(next);
        next.reading().whenComplete((reading, failure) -> awaited.remove(next));
        ask.run();
        return next.reading();
    }

    /** Hands a reading to those who have waited for it. */
    void read(Reading reading) {
        awaited.stream()
                .filter(waiting -> reading.startedNanos() - waiting.sinceNanos() >= 0)
                .forEach(waiting -> waiting.reading().complete(reading));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
