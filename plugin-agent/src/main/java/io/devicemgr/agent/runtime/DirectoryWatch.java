package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
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
 * Says when an entry of a directory was created, deleted or renamed, by inotify; when that cannot be had, by telling every few
 * seconds, until it can be had again. One thread serves all subscribers.
 *
 * <p>A directory that is not there yet, is replaced or is reached through links is told of as well. Not told are writes to an
 * entry and changes of its attributes (owner, mode): a watch for those would fire at every byte that is written to a device.
 * A file system that is mounted over a directory makes no event either.
 */
public final class DirectoryWatch implements ChangeSource<Path> {
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
    /** What listeners know; only the thread uses it once it runs. */
    private Mode told;

    /** How changes are noticed. */
    public enum Mode {
        INOTIFY,
        POLLING
    }

    /** Where watch services come from. */
    public interface Source {
        /** Opens one, or fails when the system has none left (fs.inotify.max_user_instances). */
        WatchService open() throws IOException;

        /** Asks for the events of a directory, or fails when the system has no room left (fs.inotify.max_user_watches). */
        default WatchKey register(WatchService service, Path directory) throws IOException {
            return directory.register(
                    service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
        }
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
        told = mode;
        thread.setDaemon(true);
    }

    @Override
    public void start() {
        thread.start();
    }

    /** How changes are noticed now. */
    public Mode mode() {
        return mode;
    }

    @Override
    public boolean eventDriven() {
        return mode == Mode.INOTIFY;
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
        try {
            while (!closed) {
                tellMode();
                Set<Subscription> touched = await();
                if (!closed) {
                    heartbeat.beat(() -> touched.forEach(Subscription::tell));
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

    private void tellMode() {
        Mode now = mode;
        if (now != told) {
            told = now;
            heartbeat.beat(() -> modeListeners.forEach(DirectoryWatch::runGuarded));
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
        Set<Subscription> moved = new LinkedHashSet<>();
        WatchKey key = current.take();
        while (key != null) {
            List<WatchEvent<?>> events = key.pollEvents();
            boolean valid = key.reset();
            for (Subscription subscription : subscriptions) {
                switch (subscription.effect(key, events, valid)) {
                    case CHANGED -> touched.add(subscription);
                    case MOVED -> moved.add(subscription);
                    default -> {}
                }
            }
            key = current.poll();
        }
        // Before they are told: what changes after their look makes an event.
        moved.forEach(Subscription::followAgain);
        touched.addAll(moved);
        return touched;
    }

    private void openService() {
        WatchService opened = null;
        try {
            opened = source.open();
            synchronized (lock) {
                if (closed) {
                    closeQuietly(opened);
                    return;
                }
                for (Subscription subscription : subscriptions) {
                    subscription.trails = follow(opened, subscription.wanted);
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

    private Trails follow(WatchService current, Set<Path> directories) throws IOException {
        return Trails.follow(directories, directory -> source.register(current, directory));
    }

    private void complain(IOException cause) {
        if (complained) {
            return;
        }
        complained = true;
        String advice = cause instanceof FileSystemException
                ? "the agent must be able to read that directory"
                : "raise fs.inotify.max_user_watches or fs.inotify.max_user_instances on the node";
        LOG.warn(
                "Devices and the kubelet are looked at every {} s because inotify cannot be had: {}; {}",
                pollInterval.toSeconds(),
                cause.getMessage(),
                advice);
    }

    private void closeService() {
        WatchService closing;
        synchronized (lock) {
            closing = service;
            service = null;
            mode = closed ? mode : Mode.POLLING;
            subscriptions.forEach(subscription -> subscription.trails = Trails.NONE);
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

    private static void runGuarded(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("A change of a directory could not be handled", e);
        }
    }

    /** The directories of one subscriber. */
    public final class Subscription implements ChangeSource.Subscription<Path> {
        private final Runnable changed;
        private Set<Path> wanted = Set.of();
        private Trails trails = Trails.NONE;

        private Subscription(Runnable changed) {
            this.changed = changed;
        }

        /** As for any source. A directory need not be there. */
        @Override
        public boolean watch(Set<Path> directories) {
            synchronized (lock) {
                wanted = Set.copyOf(directories);
                return follow();
            }
        }

        @Override
        public void close() {
            watch(Set.of());
            subscriptions.remove(this);
        }

        private void followAgain() {
            synchronized (lock) {
                follow();
            }
        }

        /** Whether something is watched now that was not before. */
        private boolean follow() {
            if (service == null) {
                return false;
            }
            try {
                Trails before = trails;
                trails = DirectoryWatch.this.follow(service, wanted);
                before.keys().stream().filter(key -> !inUse(key)).forEach(WatchKey::cancel);
                return !before.cover(trails);
            } catch (ClosedWatchServiceException e) {
                return false;
            } catch (IOException e) {
                complain(e);
                closeService();
                return false;
            }
        }

        private boolean inUse(WatchKey key) {
            return subscriptions.stream().anyMatch(each -> each.trails.keys().contains(key));
        }

        private Trails.Effect effect(WatchKey key, List<WatchEvent<?>> events, boolean valid) {
            synchronized (lock) {
                return trails.effect(key, events, valid);
            }
        }

        private void tell() {
            boolean interested;
            synchronized (lock) {
                interested = !wanted.isEmpty();
            }
            if (interested) {
                runGuarded(changed);
            }
        }
    }
}
