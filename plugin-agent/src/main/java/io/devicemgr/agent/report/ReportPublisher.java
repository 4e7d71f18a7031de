package io.devicemgr.agent.report;

import io.devicemgr.agent.report.ApiServer.Reply;
import io.devicemgr.agent.runtime.Heartbeat;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the report when it changes: the first change at once, then at most once a second, and always the newest. An API
 * server that is away keeps only this thread busy.
 */
public final class ReportPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReportPublisher.class);
    private static final Duration FASTEST = Duration.ofSeconds(1);
    private static final int GATE_MILLIS = 1000;

    private final ReportObject object;
    private final ApiServer server;
    private final BackOff backOff;
    private final Metrics metrics;
    private final Heartbeat heartbeat = new Heartbeat("The report publisher", Duration.ofSeconds(90));
    private final Thread thread = new Thread(this::work, "report");
    private final Object lock = new Object();
    private final AtomicReference<String> complaint = new AtomicReference<>();
    private CountDownLatch gate;
    private Supplier<NodeDeviceReportStatus> source;
    private boolean changed;
    private NodeDeviceReportStatus written;
    private boolean created;
    private volatile boolean closed;

    /**
     * @param apiServer base address of the API server
     * @param serviceAccount directory with token and ca.crt
     */
    public ReportPublisher(ReportObject object, URI apiServer, Path serviceAccount, Metrics metrics) {
        this(object, new ApiServer(apiServer, serviceAccount), new BackOff(RandomGenerator.getDefault()), metrics);
    }

    ReportPublisher(ReportObject object, ApiServer server, BackOff backOff, Metrics metrics) {
        this.object = object;
        this.server = server;
        this.backOff = backOff;
        this.metrics = metrics;
        thread.setDaemon(true);
    }

    /** Starts the thread that writes. It waits a moment for the gate, so that the agent's start is not slowed by TLS. */
    public void start(CountDownLatch gate) {
        this.gate = gate;
        thread.start();
    }

    /**
     * Something that the report tells of has changed.
     *
     * @param current gives the newest status; called on the publisher's thread, so that nobody else waits for it
     */
    public void publish(Supplier<NodeDeviceReportStatus> current) {
        synchronized (lock) {
            source = current;
            changed = true;
            lock.notifyAll();
        }
    }

    /** What is wrong with the thread, or nothing; an API server that is away is not. */
    public Optional<String> trouble() {
        return heartbeat.trouble();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void work() {
        try {
            if (!gate.await(GATE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("Reporting before everything is registered");
            }
            while (!closed) {
                Supplier<NodeDeviceReportStatus> current = awaitChange();
                Duration[] wait = new Duration[1];
                heartbeat.beat(() -> wait[0] = writeIfNew(current));
                pause(wait[0]);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!closed) {
                heartbeat.died();
            }
        }
    }

    private Supplier<NodeDeviceReportStatus> awaitChange() throws InterruptedException {
        synchronized (lock) {
            while (!changed) {
                lock.wait();
            }
            changed = false;
            return source;
        }
    }

    private Duration writeIfNew(Supplier<NodeDeviceReportStatus> current) {
        NodeDeviceReportStatus status;
        try {
            status = current.get();
        } catch (RuntimeException e) {
            LOG.error("The report cannot be made", e);
            return backOff.slow();
        }
        if (status.equals(written)) {
            return Duration.ZERO;
        }
        Duration wait = write(status);
        boolean success = status.equals(written);
        metrics.reportWritten(success);
        if (!success) {
            synchronized (lock) {
                changed = true;
            }
        }
        return wait;
    }

    /** One attempt; returns how long to wait before the next. */
    private Duration write(NodeDeviceReportStatus status) {
        try {
            if (!created) {
                Reply reply = server.apply(object.path(), object.body());
                if (!reply.succeeded()) {
                    return failed(reply);
                }
                created = true;
            }
            Reply reply = server.apply(object.statusPath(), object.body(status));
            if (!reply.succeeded()) {
                return failed(reply);
            }
            succeeded(status);
            return FASTEST;
        } catch (IOException e) {
            complain("The report cannot be written, the API server cannot be reached: " + e);
            return backOff.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Duration.ZERO;
        } catch (RuntimeException e) {
            complain("The report cannot be written: " + e);
            return backOff.slow();
        }
    }

    private void succeeded(NodeDeviceReportStatus status) {
        written = status;
        backOff.reset();
        if (complaint.getAndSet(null) != null) {
            LOG.info("The report is written again");
        }
    }

    /** How long to wait after an answer that is no success. */
    Duration failed(Reply reply) {
        complain("The API server refuses the report with " + reply.status() + ": " + reply.message());
        return switch (reply.status()) {
            case 404, 410 -> {
                // Somebody deleted the report, or its definition is not installed.
                created = false;
                yield backOff.next();
            }
            // The token was replaced a moment ago, or two writers met.
            case 401, 409 -> backOff.next();
            case 429 -> longer(backOff.next(), reply.retryAfter());
            default -> reply.status() >= 500 ? longer(backOff.next(), reply.retryAfter()) : backOff.slow();
        };
    }

    private void complain(String text) {
        if (!text.equals(complaint.getAndSet(text))) {
            LOG.warn("{}. It will be tried again.", text);
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static void pause(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
