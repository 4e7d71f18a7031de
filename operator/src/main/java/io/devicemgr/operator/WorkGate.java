package io.devicemgr.operator;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets reconciles pass until it is closed. The operator SDK empties its caches before it waits for the reconciles that are under way, which
 * would take the empty caches for an empty cluster, and act on that.
 */
final class WorkGate implements Metrics {
    private final ReentrantReadWriteLock passing = new ReentrantReadWriteLock();
    private final Metrics inner;
    private volatile boolean closed;

    WorkGate(Metrics inner) {
        this.inner = inner;
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        passing.readLock().lock();
        try {
            return closed ? nothing(execution) : inner.timeControllerExecution(execution);
        } finally {
            passing.readLock().unlock();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> T nothing(ControllerExecution<T> execution) {
        return (T) (execution.name().equals("cleanup") ? DeleteControl.noFinalizerRemoval() : UpdateControl.noUpdate());
    }

    /** Lets nothing more pass, and waits for what has; not longer than the limit. */
    void close(Duration limit) {
        closed = true;
        try {
            if (passing.writeLock().tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                passing.writeLock().unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
