package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.runtime.Heartbeat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which all registrations run, so that their state needs no locks. */
final class KubeletLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubeletLoop.class);
    private static final Duration WORK_LIMIT = Duration.ofSeconds(30);

    private final Heartbeat heartbeat = new Heartbeat("The registration loop", WORK_LIMIT);
    private final ScheduledThreadPoolExecutor executor;

    KubeletLoop() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "kubelet-loop");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs the task on the loop, as soon as it is free. After {@link #close()} nothing runs any more. */
    void run(Runnable task) {
        after(Duration.ZERO, task);
    }

    /** Runs the task on the loop after a while; the result cancels it. */
    Future<?> after(Duration delay, Runnable task) {
        try {
            return executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Too late, the agent stops: {}", e.getMessage());
            return null;
        }
    }

    /** Runs the task on the loop and waits for its end. */
    void runAndWait(Duration limit, Runnable task) {
        Future<?> done = after(Duration.ZERO, task);
        try {
            if (done != null) {
                done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Not done within {} ms: {}", limit.toMillis(), e.toString());
        }
    }

    Optional<String> trouble() {
        return heartbeat.trouble();
    }

    private void guarded(Runnable task) {
        heartbeat.beat(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("A step of the registration failed", e);
            }
        });
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
