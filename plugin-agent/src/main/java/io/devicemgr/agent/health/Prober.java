package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.health.ProbeSchedule.Step;
import io.devicemgr.agent.health.ProbeSchedule.Verdict;
import io.devicemgr.agent.runtime.Heartbeat;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes devices and tells the inventory what they say. One thread decides, others run the probes, as many as are needed; a
 * probe that hangs keeps its thread and holds up nothing else. Without probes there is no thread at all.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final Duration WORK_LIMIT = Duration.ofSeconds(60);
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(5);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final List<ProbePlan> plans;
    private final InventoryStore store;
    private final Clock clock;
    private final Metrics metrics;
    private final ProbeSchedule schedule;
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private final CountDownLatch firstRound = new CountDownLatch(1);
    private final Heartbeat heartbeat = new Heartbeat("The probe scheduler", WORK_LIMIT);
    private final AtomicInteger workers = new AtomicInteger();
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_LIMIT.toNanos(),
            TimeUnit.NANOSECONDS,
            new SynchronousQueue<>(),
            task -> daemon(task, "probe-" + workers.incrementAndGet()));
    private final Thread thread = daemon(this::work, "probes");
    private final long origin = System.nanoTime();
    private InventoryStore.Registration registration = () -> {};
    private boolean crowded;
    private volatile boolean closed;

    /**
     * @param dev where the host's /dev is mounted
     * @param sys where the host's /sys is mounted
     */
    public Prober(
            List<DeviceResource> resources, Path dev, Path sys, InventoryStore store, Clock clock, Metrics metrics) {
        this(plans(resources, new HostPaths(dev, sys)), store, clock, metrics);
    }

    Prober(List<ProbePlan> plans, InventoryStore store, Clock clock, Metrics metrics) {
        this.plans = plans;
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
        this.schedule = new ProbeSchedule(plans);
    }

    private static List<ProbePlan> plans(List<DeviceResource> resources, HostPaths host) {
        return resources.stream()
                .filter(resource -> !resource.health().probes().isEmpty())
                .map(resource -> ProbePlan.of(resource, host))
                .toList();
    }

    /** Starts to probe what the inventory has, if there is any probe. */
    public void start() {
        if (plans.isEmpty()) {
            firstRound.countDown();
            return;
        }
        registration = store.onChange(inventory -> inventoryChanged());
        inventoryChanged();
        thread.start();
    }

    /**
     * Waits until every device that is there has a verdict, so that the first list is a true one; no longer than the limit.
     *
     * @return whether every device has one
     */
    public boolean awaitFirstRound(Duration limit) {
        try {
            return firstRound.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What is wrong with the scheduling thread, or nothing. */
    public Optional<String> trouble() {
        return heartbeat.trouble();
    }

    /** Stops; commands that run are killed. A call that hangs in the kernel is left behind. */
    @Override
    public void close() {
        closed = true;
        registration.close();
        inbox.add(() -> {});
        pool.shutdownNow();
        try {
            if (!plans.isEmpty() && !pool.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Probes that do not end are left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void inventoryChanged() {
        if (told.compareAndSet(false, true)) {
            inbox.add(this::readInventory);
        }
    }

    private void work() {
        try {
            while (!closed) {
                List<Runnable> news = await();
                heartbeat.beat(() -> round(news));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.error("The probe scheduler has failed; the agent must be restarted", e);
            }
        } finally {
            if (!closed) {
                heartbeat.died();
            }
        }
    }

    private List<Runnable> await() throws InterruptedException {
        long wake = schedule.nextWake();
        Runnable first = wake == Long.MAX_VALUE ? inbox.take() : inbox.poll(wake - now(), TimeUnit.NANOSECONDS);
        List<Runnable> news = new ArrayList<>();
        if (first != null) {
            news.add(first);
            inbox.drainTo(news);
        }
        return news;
    }

    private void round(List<Runnable> news) {
        news.forEach(Runnable::run);
        Step step = schedule.step(now(), clock.instant());
        step.givenUp().forEach(this::tellGivenUp);
        step.starts().forEach(this::launch);
        apply(schedule.takeVerdicts());
        if (firstRound.getCount() > 0 && schedule.allProbed()) {
            firstRound.countDown();
        }
        warnIfCrowded();
    }

    private void readInventory() {
        told.set(false);
        schedule.inventory(store.current(), now());
    }

    private void launch(Run run) {
        if (!closed) {
            pool.execute(() -> execute(run));
        }
    }

    private void execute(Run run) {
        long begun = System.nanoTime();
        try {
            Outcome outcome = outcome(run);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            inbox.add(() -> ended(run, outcome, took));
        } catch (InterruptedException e) {
            // The agent stops.
            Thread.currentThread().interrupt();
        }
    }

    private static Outcome outcome(Run run) throws InterruptedException {
        Probe probe = run.probe();
        try {
            return probe.run(run.device());
        } catch (RuntimeException e) {
            LOG.error(
                    "The probe {} of {} has failed by itself",
                    probe.kind(),
                    run.device().path(),
                    e);
            return Outcome.failed(probe.failure(), "the probe " + probe.kind() + " has failed by itself: " + e);
        }
    }

    private void ended(Run run, Outcome outcome, Duration took) {
        if (!run.isGivenUp()) {
            tellMetrics(run, outcome, took);
        }
        schedule.ended(run, outcome, now(), clock.instant()).forEach(this::launch);
    }

    private void tellGivenUp(Run run) {
        tellMetrics(run, run.timedOut(), run.probe().timeLimit());
    }

    private void tellMetrics(Run run, Outcome outcome, Duration took) {
        metrics.probed(run.device().resource(), run.probe().kind(), outcome.word(), took);
    }

    private void apply(Map<DeviceId, Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return;
        }
        List<Device> changed = new ArrayList<>();
        store.update(inventory -> {
            changed.clear();
            return withVerdicts(inventory, verdicts, changed);
        });
        changed.forEach(Prober::log);
    }

    /** Devices that are other hardware by now, or not there, keep what they have. */
    private static Inventory withVerdicts(Inventory inventory, Map<DeviceId, Verdict> verdicts, List<Device> changed) {
        return inventory.withEach(device -> {
            Verdict verdict = verdicts.get(device.id());
            if (verdict == null || !verdict.incarnation().equals(Incarnation.of(device))) {
                return device;
            }
            Device judged = device.withProbe(verdict.health());
            if (device.probe() == null
                    || device.probe().reason() != judged.probe().reason()) {
                changed.add(judged);
            }
            return judged;
        });
    }

    private static void log(Device device) {
        Health probe = device.probe();
        if (probe.isHealthy()) {
            LOG.info("{}: device {} passes its probes", device.resource(), device.id());
        } else if (probe.reason() != Reason.UNPROBED) {
            LOG.warn(
                    "{}: device {} is {}: {}",
                    device.resource(),
                    device.id(),
                    probe.reason().reported(),
                    probe.message());
        }
    }

    private void warnIfCrowded() {
        boolean now = schedule.givenUp() >= ProbeSchedule.MAX_CALLS;
        if (now && !crowded) {
            LOG.warn(
                    "{} probes hang; no other is started until one returns, and devices keep the health that they have",
                    schedule.givenUp());
        }
        crowded = now;
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
