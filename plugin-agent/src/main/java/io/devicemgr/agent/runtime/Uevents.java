package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the kernel has added, removed or changed a device of a subsystem; when it cannot be heard, by telling every few
 * seconds, until it can be heard again. Nothing is opened, loaded or started before a subscriber names a subsystem.
 *
 * <p>A device and its children are of different subsystems: whoever looks for the tty of a USB device names usb and tty. Network
 * interfaces are told in their own network namespace only. At the time of an event the node is in /dev already, the links that
 * udev makes are not: those are for {@link DirectoryWatch}.
 */
public final class Uevents implements ChangeSource<String> {
    private static final Logger LOG = LoggerFactory.getLogger(Uevents.class);
    private static final Duration WORK_LIMIT = Duration.ofSeconds(60);
    private static final Duration WINDOW = Duration.ofMillis(50);
    private static final Duration SCAN_INTERVAL = Duration.ofSeconds(5);
    private static final int NO_LIMIT = -1;

    /** So that a storm without end does not keep subscribers from being told. */
    private static final int MOST_AT_ONCE = 10_000;

    private final UeventSource source;
    private final Duration scanInterval;
    private final Pace pace;
    private final Heartbeat heartbeat = new Heartbeat("The uevent listener", WORK_LIMIT);
    private final List<UeventSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final List<Runnable> modeListeners = new CopyOnWriteArrayList<>();
    private final Semaphore wake = new Semaphore(0);
    private final Object lock = new Object();
    private final Thread thread = new Thread(this::work, "uevents");
    /** Only the thread uses it. */
    private final Set<UeventSubscription> pending = new LinkedHashSet<>();

    private UeventSource.Connection connection;
    private boolean started;
    private boolean complained;
    private volatile boolean closed;
    private volatile Mode mode = Mode.UNUSED;

    /** How changes are noticed. */
    public enum Mode {
        /** Nobody has named a subsystem. */
        UNUSED,
        UEVENTS,
        /** By a look every few seconds. */
        SCANNING
    }

    /** The kernel; at most 20 rounds a second for each subscriber, and one every 5 seconds when it cannot be heard. */
    public Uevents() {
        this(UeventSocket::open, WINDOW, SCAN_INTERVAL);
    }

    /**
     * @param source where events come from
     * @param window the first event after quiet is told at once, those that follow it at most once in this time
     * @param scanInterval time between two looks when the kernel cannot be heard
     */
    public Uevents(UeventSource source, Duration window, Duration scanInterval) {
        this.source = source;
        this.pace = new Pace(1, window);
        this.scanInterval = scanInterval;
        thread.setDaemon(true);
    }

    @Override
    public void start() {
        synchronized (lock) {
            started = true;
            startThreadWhenNeeded();
        }
    }

    /** How changes are noticed now. */
    public Mode mode() {
        return mode;
    }

    @Override
    public boolean eventDriven() {
        return mode != Mode.SCANNING;
    }

    @Override
    public void onModeChange(Runnable listener) {
        modeListeners.add(listener);
    }

    @Override
    public Optional<String> trouble() {
        return heartbeat.trouble();
    }

    @Override
    public UeventSubscription subscribe(Runnable changed) {
        UeventSubscription subscription = new UeventSubscription(changed);
        subscriptions.add(subscription);
        return subscription;
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            wakeThread();
            if (thread.getState() == Thread.State.NEW) {
                disconnect(Mode.UNUSED);
            }
        }
    }

    private void work() {
        Mode told = Mode.UNUSED;
        try {
            while (!closed) {
                if (mode != told) {
                    told = mode;
                    heartbeat.beat(() -> modeListeners.forEach(Uevents::runGuarded));
                }
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!closed) {
                heartbeat.died();
            }
            disconnect(closed ? Mode.UNUSED : Mode.SCANNING);
        }
    }

    private void turn() throws InterruptedException {
        UeventSource.Connection current;
        synchronized (lock) {
            if (!wanted()) {
                disconnect(Mode.UNUSED);
            }
            current = connection;
        }
        int patience = tellPending();
        if (current != null) {
            listen(current, patience);
        } else if (mode == Mode.UNUSED) {
            wake.acquire();
        } else if (!wake.tryAcquire(patience == NO_LIMIT ? scanInterval.toMillis() : patience, TimeUnit.MILLISECONDS)) {
            // In this order: what changes after the look that follows makes an event.
            connect();
            pending.addAll(subscriptions);
        }
    }

    /** Tells whoever is to be told, if it is time, and says how long to wait for more before the next try. */
    private int tellPending() {
        if (pending.isEmpty()) {
            return NO_LIMIT;
        }
        long early = pace.take(System.nanoTime());
        if (early > 0) {
            return (int) TimeUnit.NANOSECONDS.toMillis(early) + 1;
        }
        List<UeventSubscription> now = List.copyOf(pending);
        pending.clear();
        heartbeat.beat(() -> now.forEach(UeventSubscription::tell));
        return NO_LIMIT;
    }

    private void listen(UeventSource.Connection current, int patience) {
        try {
            UeventSource.Received received = current.receive(patience);
            for (int count = 1; received != UeventSource.Signal.NOTHING; count++) {
                note(received);
                received = count < MOST_AT_ONCE ? current.receive(0) : UeventSource.Signal.NOTHING;
            }
        } catch (IOException e) {
            synchronized (lock) {
                complain(e);
                disconnect(Mode.SCANNING);
            }
            pending.addAll(subscriptions);
        }
    }

    private void note(UeventSource.Received received) {
        if (received instanceof UeventSource.Datagram datagram) {
            // Whoever may send to this group can pretend to be the kernel, but not have its port.
            if (datagram.sender() == 0) {
                Uevent.parse(datagram.bytes()).ifPresent(this::note);
            }
        } else {
            LOG.debug("Uevents were lost: everything is looked at again");
            pending.addAll(subscriptions);
        }
    }

    private void note(Uevent event) {
        for (UeventSubscription subscription : subscriptions) {
            if (subscription.subsystems.contains(event.subsystem())) {
                pending.add(subscription);
            }
        }
    }

    private void connect() {
        synchronized (lock) {
            if (closed || connection != null || !wanted()) {
                return;
            }
            try {
                connection = source.open();
                mode = Mode.UEVENTS;
                if (complained) {
                    complained = false;
                    LOG.info("The kernel's uevents can be heard again");
                }
            } catch (IOException e) {
                complain(e);
                mode = Mode.SCANNING;
            }
        }
    }

    private void disconnect(Mode next) {
        synchronized (lock) {
            if (connection != null) {
                connection.close();
                connection = null;
            }
            mode = next;
        }
    }

    private void complain(IOException cause) {
        if (!complained) {
            complained = true;
            LOG.warn(
                    "Devices found through sysfs are looked at every {} s because the kernel's uevents cannot be heard: {}",
                    scanInterval.toSeconds(),
                    cause.getMessage());
        }
    }

    private boolean wanted() {
        return subscriptions.stream().anyMatch(subscription -> !subscription.subsystems.isEmpty());
    }

    private void startThreadWhenNeeded() {
        if (started && !closed && wanted() && thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    private void wakeThread() {
        wake.release();
        if (connection != null) {
            connection.wake();
        }
    }

    private static void runGuarded(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("A change of the devices could not be handled", e);
        }
    }

    /** The subsystems of one subscriber. */
    public final class UeventSubscription implements Subscription<String> {
        private final Runnable changed;
        private volatile Set<String> subsystems = Set.of();

        private UeventSubscription(Runnable changed) {
            this.changed = changed;
        }

        @Override
        public boolean watch(Set<String> names) {
            synchronized (lock) {
                Set<String> before = subsystems;
                subsystems = Set.copyOf(names);
                if (mode == Mode.UNUSED) {
                    connect();
                    startThreadWhenNeeded();
                }
                if (before.isEmpty() != names.isEmpty()) {
                    wakeThread();
                }
                return mode == Mode.UEVENTS && !before.containsAll(names);
            }
        }

        @Override
        public void close() {
            watch(Set.of());
            subscriptions.remove(this);
        }

        private void tell() {
            if (!subsystems.isEmpty()) {
                runGuarded(changed);
            }
        }
    }
}
