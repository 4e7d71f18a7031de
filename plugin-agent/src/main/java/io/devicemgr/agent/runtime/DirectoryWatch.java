package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
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
 * Says when an entry of a directory was created or deleted, by inotify; when that cannot be had, by looking every few
 * seconds, until it can be had again. One thread serves all subscribers.
 */
public final class DirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);
    private static final Duration WORK_LIMIT = Duration.ofSeconds(60);

    private final Source source;
    private final Duration pollInterval;
    private final Heartbeat heartbeat = new Heartbeat("The directory watch", WORK_LIMIT);
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final List<Runnable> modeListeners = new CopyOnWriteArrayList<>();
    private final Semaphore wake = new Semaphore(0);
    private final Object lock = new Object();
    private final Thread thread = new Thread(this::work, "watch");
    private WatchService service;
    private volatile boolean complained;
    private volatile boolean closed;
    private volatile Mode mode = Mode.POLLING;

    /** How changes are noticed. */
    public enum Mode {
        INOTIFY,
        POLLING
    }

    /** Where watch services come from. */
    public interface Source {
        /** Opens one, or fails when the system has none left. */
        WatchService open() throws IOException;
    }

    /** The system's inotify, and a look every 5 seconds without it. */
    public DirectoryWatch() {
        this(() -> FileSystems.getDefault().newWatchService(), Duration.ofSeconds(5));
    }

    /**
     * @param source where watch services come from
     * @param pollInterval time between two looks without inotify
     */
    public DirectoryWatch(Source source, Duration pollInterval) {
        this.source = source;
        this.pollInterval = pollInterval;
        openService();
        thread.setDaemon(true);
    }

    /** Starts the thread that tells subscribers. */
    public void start() {
        thread.start();
    }

    /** How changes are noticed now. */
    public Mode mode() {
        return mode;
    }

    /** Runs the listener on the watch thread after each change of {@link #mode()}. */
    public void onModeChange(Runnable listener) {
        modeListeners.add(listener);
    }

    /** What is wrong with the thread, or nothing. */
    public Optional<String> trouble() {
        return heartbeat.trouble();
    }

    /** Runs {@code changed} on the watch thread whenever one of the directories that the subscription names has changed. */
    public Subscription subscribe(Runnable changed) {
        Subscription subscription = new Subscription(changed);
        subscriptions.add(subscription);
        return subscription;
    }

    @Override
    public void close() {
        closed = true;
        wake.release();
        closeService();
    }

    private void work() {
        Mode told = mode;
        try {
            while (!closed) {
                Set<Subscription> touched = await();
                heartbeat.beat(() -> touched.forEach(Subscription::tell));
                if (mode != told) {
                    told = mode;
                    heartbeat.beat(() -> modeListeners.forEach(Runnable::run));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!closed) {
                heartbeat.died();
            }
        }
    }

    private Set<Subscription> await() throws InterruptedException {
        WatchService current;
        synchronized (lock) {
            current = service;
        }
        if (current == null) {
            boolean woken = wake.tryAcquire(pollInterval.toMillis(), TimeUnit.MILLISECONDS);
            if (!woken && !closed) {
                openService();
            }
            return new LinkedHashSet<>(subscriptions);
        }
        try {
            return awaitEvents(current);
        } catch (ClosedWatchServiceException e) {
            return new LinkedHashSet<>(subscriptions);
        }
    }

    private Set<Subscription> awaitEvents(WatchService current) throws InterruptedException {
        Set<Subscription> touched = new LinkedHashSet<>();
        WatchKey key = current.take();
        while (key != null) {
            // An overflow is an event like any other: whoever is told looks at everything again.
            key.pollEvents();
            key.reset();
            for (Subscription subscription : subscriptions) {
                if (subscription.uses(key)) {
                    touched.add(subscription);
                }
            }
            key = current.poll();
        }
        return touched;
    }

    private void openService() {
        WatchService opened = null;
        try {
            opened = source.open();
            synchronized (lock) {
                for (Subscription subscription : subscriptions) {
                    subscription.keys = register(opened, subscription.wanted);
                }
                service = opened;
                mode = Mode.INOTIFY;
            }
            if (complained) {
                complained = false;
                LOG.info("inotify can be had again");
            }
        } catch (IOException e) {
            complain(e);
            closeQuietly(opened);
        }
    }

    private void complain(IOException cause) {
        if (!complained) {
            complained = true;
            LOG.warn(
                    "Devices and the kubelet are looked at every {} s because inotify cannot be had: {}. Raise"
                            + " fs.inotify.max_user_watches or fs.inotify.max_user_instances on the node.",
                    pollInterval.toSeconds(),
                    cause.getMessage());
        }
    }

    private void closeService() {
        WatchService closing;
        synchronized (lock) {
            closing = service;
            service = null;
            mode = Mode.POLLING;
            subscriptions.forEach(subscription -> subscription.keys = Set.of());
        }
        closeQuietly(closing);
    }

    private static void closeQuietly(WatchService service) {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            LOG.debug("Watch service not closed: {}", e.getMessage());
        }
    }

    private static Set<WatchKey> register(WatchService service, Set<Path> directories) throws IOException {
        Set<WatchKey> keys = new HashSet<>();
        for (Path directory : directories) {
            keys.add(registerNearest(service, directory));
        }
        return keys;
    }

    private static WatchKey registerNearest(WatchService service, Path directory) throws IOException {
        try {
            // MODIFY would fire at every write to a device.
            return directory.register(
                    service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
        } catch (NoSuchFileException | NotDirectoryException e) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw e;
            }
            return registerNearest(service, parent);
        }
    }

    /** The directories of one subscriber. */
    public final class Subscription {
        private final Runnable changed;
        private Set<Path> wanted = Set.of();
        private Set<WatchKey> keys = Set.of();

        private Subscription(Runnable changed) {
            this.changed = changed;
        }

        /**
         * Names the directories. One that is not there stands for its nearest parent that is.
         *
         * @return whether something is watched now that was not before: then look again, it may have changed in between
         */
        public boolean watch(Set<Path> directories) {
            try {
                synchronized (lock) {
                    wanted = Set.copyOf(directories);
                    if (service == null) {
                        return false;
                    }
                    Set<WatchKey> before = keys;
                    keys = register(service, wanted);
                    before.stream()
                            .filter(key -> subscriptions.stream().noneMatch(each -> each.keys.contains(key)))
                            .forEach(WatchKey::cancel);
                    return !before.containsAll(keys);
                }
            } catch (ClosedWatchServiceException e) {
                return false;
            } catch (IOException e) {
                complain(e);
                closeService();
                return false;
            }
        }

        private boolean uses(WatchKey key) {
            synchronized (lock) {
                return keys.contains(key);
            }
        }

        private void tell() {
            try {
                changed.run();
            } catch (RuntimeException e) {
                LOG.error("A change of a directory could not be handled", e);
            }
        }
    }
}
