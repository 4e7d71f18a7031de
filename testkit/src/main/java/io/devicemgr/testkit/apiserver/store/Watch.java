package io.devicemgr.testkit.apiserver.store;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The events of one watcher in order of their revisions. A watcher that falls too far behind is closed. */
public final class Watch implements AutoCloseable {
    private static final int CAPACITY = 100_000;

    private final BlockingQueue<WatchEvent> queue = new LinkedBlockingQueue<>();
    private final Consumer<Watch> onClose;
    private volatile boolean closed;
    /** Wakes the reader; never handed out. */
    private final WatchEvent wake = new WatchEvent(WatchEvent.Type.MODIFIED, null, null);

    Watch(Consumer<Watch> onClose) {
        this.onClose = onClose;
    }

    void offer(WatchEvent event) {
        if (queue.size() >= CAPACITY) {
            close();
        } else {
            queue.add(event);
        }
    }

    /** Waits for the next event; empty after the time is over or when the watch was closed. */
    public Optional<WatchEvent> next(Duration atMost) throws InterruptedException {
        if (closed) {
            return Optional.empty();
        }
        WatchEvent event = queue.poll(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
        return closed || event == wake ? Optional.empty() : Optional.ofNullable(event);
    }

    /** Nothing is waiting to be read. */
    public boolean isDrained() {
        return queue.isEmpty();
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        queue.add(wake);
        onClose.accept(this);
    }
}
