package io.devicemgr.testkit.kubelet;

import io.devicemgr.testkit.kubelet.WatchedRegistration.Offer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugin watcher of one kubelet's life (contract 1.C): a loop that compares the sockets in the registry directory with
 * those it has registered, and does at most one thing about each at a time.
 */
final class PluginWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(PluginWatcher.class);

    /** A registered socket: which of several lives of the path it is, and what it offers. */
    private record Registered(Object incarnation, Offer offer) {}

    /** Something to do for a socket. */
    private interface Operation {
        void run() throws DeviceManagerException;
    }

    private final KubeletParts parts;
    private final RegistryDirectory directory;
    private final WatchedRegistration registration;
    private final Map<Path, Registered> registered = new HashMap<>();
    private final Map<Path, BackOff> backOffs = new HashMap<>();
    private final Set<Path> pending = new HashSet<>();
    private Optional<ScheduledExecutorService> loop = Optional.empty();
    private boolean ended;

    PluginWatcher(KubeletParts parts, Path root, WatchedRegistration registration) {
        this.parts = parts;
        this.directory = new RegistryDirectory(root);
        this.registration = registration;
    }

    void start() {
        directory.create();
        loop = parts.options().watcherInterval().map(this::everyInterval);
    }

    private ScheduledExecutorService everyInterval(Duration interval) {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "kubelet-watcher");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.scheduleWithFixedDelay(this::passOrLog, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
        return scheduler;
    }

    private void passOrLog() {
        try {
            pass();
        } catch (RuntimeException e) {
            LOG.error("A pass over the registry directory failed; the kubelet will make another", e);
        }
    }

    /** Deregisters first, then registers; returns what it began. */
    synchronized List<CompletableFuture<Void>> pass() {
        List<CompletableFuture<Void>> begun = new ArrayList<>();
        Map<Path, Object> sockets = directory.sockets();
        Map.copyOf(registered).forEach((socket, known) -> {
            if (!known.incarnation().equals(sockets.get(socket))) {
                begin(socket, () -> deregister(socket, known)).ifPresent(begun::add);
            }
        });
        parts.order().shuffled(sockets.keySet()).forEach(socket -> {
            Object incarnation = sockets.get(socket);
            if (!registered.containsKey(socket)) {
                begin(socket, () -> register(socket, incarnation)).ifPresent(begun::add);
            }
        });
        return begun;
    }

    private void deregister(Path socket, Registered known) {
        forget(socket);
        registration.deregister(known.offer());
    }

    private void register(Path socket, Object incarnation) throws DeviceManagerException {
        Offer offer = registration.register(socket);
        remember(socket, new Registered(incarnation, offer));
    }

    /** Nothing begins while something else is under way for the socket, or during its back-off (rule 33). */
    private Optional<CompletableFuture<Void>> begin(Path socket, Operation operation) {
        BackOff backOff = backOffs.computeIfAbsent(socket, s -> new BackOff());
        if (ended || !backOff.over(parts.options().clock().instant()) || !pending.add(socket)) {
            return Optional.empty();
        }
        return Optional.of(CompletableFuture.runAsync(() -> attempt(socket, operation), parts.executor()));
    }

    private void attempt(Path socket, Operation operation) {
        boolean good = false;
        try {
            operation.run();
            good = true;
        } catch (DeviceManagerException e) {
            LOG.debug("{}", e.getMessage());
        } finally {
            finished(socket, good);
        }
    }

    private synchronized void finished(Path socket, boolean good) {
        pending.remove(socket);
        if (good) {
            backOffs.get(socket).succeeded();
        } else {
            backOffs.get(socket).failed(parts.options().clock().instant());
        }
    }

    private synchronized void remember(Path socket, Registered now) {
        registered.put(socket, now);
    }

    private synchronized void forget(Path socket) {
        registered.remove(socket);
    }

    /** Begins nothing any more; what is under way fails with the kubelet's connections. */
    synchronized void end() {
        ended = true;
        loop.ifPresent(ScheduledExecutorService::shutdownNow);
        registration.end();
    }
}
