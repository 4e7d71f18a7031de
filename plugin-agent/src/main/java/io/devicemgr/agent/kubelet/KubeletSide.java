package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All resources towards the kubelet: watches for kubelet.sock, registers, serves, and reads who holds what. */
public final class KubeletSide implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubeletSide.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(4);

    /** A kubelet that is down does not answer; then there is no hurry either. */
    private static final Duration FIRST_READING = Duration.ofMillis(500);

    /** A pod shows up in PodResources only once its admission is complete. */
    private static final List<Duration> READS_AFTER_ALLOCATE =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(10));

    private final Path kubeletSocket;
    private final Optional<Path> pluginsRegistry;
    private final Transport transport = new Transport();
    private final KubeletLoop loop = new KubeletLoop();
    private final Metrics metrics;
    private final PodResourcesReader podResources;
    private final Rivals rivals;
    private final List<ResourcePlugin> plugins;
    private final DirectoryWatch.Subscription subscription;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, RegistrationStatus> statuses = new LinkedHashMap<>();
    private Optional<SocketIdentity> kubelet = Optional.empty();
    private volatile boolean kubeletPresent;
    private final Preparations preparations = new Preparations();
    private boolean begun;
    private int allocations;

    /** What others want to know; called on the registration loop. */
    public interface Listener {
        /** A registration, or the presence of kubelet.sock, has changed. */
        void registrationChanged();

        /** PodResources was read. */
        void podResourcesRead(Reading reading);
    }

    /**
     * @param devicePlugins the kubelet's device plugin directory
     * @param podResourcesSocket socket of its PodResources API
     * @param pluginsRegistry directory of its plugin watcher if plugins are to register there, nothing if by Register
     * @param allocators one for each resource
     */
    public KubeletSide(
            Path devicePlugins,
            Path podResourcesSocket,
            Optional<Path> pluginsRegistry,
            List<Allocator> allocators,
            InventoryStore store,
            DirectoryWatch watch,
            Metrics metrics) {
        this.metrics = metrics;
        this.kubeletSocket = devicePlugins.resolve("kubelet.sock");
        this.pluginsRegistry = pluginsRegistry;
        // The first report may leave before the first look of the loop.
        this.kubeletPresent = SocketIdentity.of(kubeletSocket).isPresent();
        this.podResources = new PodResourcesReader(podResourcesSocket, transport, loop, this::read);
        Shared shared = new Shared();
        this.plugins = allocators.stream()
                .map(allocator -> new ResourcePlugin(
                        allocator, store, kubeletSocket, introduction(allocator.resource()), loop, shared))
                .toList();
        plugins.forEach(plugin -> shared.statusChanged(plugin.status()));
        this.rivals =
                new Rivals(loop, () -> plugins.stream().anyMatch(ResourcePlugin::hasRival), podResources::readSoon);
        this.subscription = watch.subscribe(() -> loop.run(this::lookAtKubelet));
    }

    /** Adds a listener, before {@link #start()}. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Registers all resources as soon as the kubelet is there. The first look at the devices must have been taken. */
    public void start() {
        loop.run(() -> {
            kubelet = SocketIdentity.of(kubeletSocket);
            kubeletPresent = kubelet.isPresent();
            if (plugins.isEmpty()) {
                begin();
            } else {
                // The first list must have the ids that containers hold since an earlier agent (contract rule 48).
                podResources.readFirst();
                loop.after(FIRST_READING, this::begin);
            }
            podResources.start();
        });
    }

    private void begin() {
        if (!begun) {
            begun = true;
            Duration pause = pauseAfterPredecessor();
            plugins.forEach(plugin -> plugin.registration().start(pause));
            // After the first registration, for the sake of speed; what came before makes no event.
            lookAtKubelet();
        }
    }

    /** Whether kubelet.sock is there, the proof that the Device Manager is on. */
    public boolean kubeletPresent() {
        return kubeletPresent;
    }

    /** Reads PodResources after a while; listeners get the reading. */
    public void readPodResourcesAfter(Duration delay) {
        loop.after(delay, podResources::readSoon);
    }

    /** How far each resource is, in the order of the settings. */
    public List<RegistrationStatus> statuses() {
        synchronized (statuses) {
            return List.copyOf(statuses.values());
        }
    }

    /** How many ids of a resource are healthy on the newest list: each device as often as it is shared. */
    public int offered(String resource) {
        return plugins.stream()
                .filter(plugin -> plugin.resource().equals(resource))
                .mapToInt(ResourcePlugin::offered)
                .sum();
    }

    /** What is wrong with the worker thread, or nothing. */
    public Optional<String> trouble() {
        return loop.trouble().or(transport::trouble);
    }

    /** Ends all streams and removes all sockets. */
    @Override
    public void close() {
        subscription.watch(Set.of());
        loop.runAndWait(STOP_LIMIT, () -> {
            plugins.forEach(plugin -> plugin.registration().stop());
            podResources.stop();
        });
        preparations.close();
        loop.close();
        transport.close();
    }

    private Introduction introduction(String resource) {
        return pluginsRegistry
                .<Introduction>map(directory -> new WatchedSocket(resource, directory, transport, loop))
                .orElseGet(() -> new RegisterCall(resource, kubeletSocket, transport, loop));
    }

    /** Looked at once for all resources, before any of them changes the directory. */
    private Duration pauseAfterPredecessor() {
        Path directory = pluginsRegistry.orElse(kubeletSocket.getParent());
        List<String> resources =
                plugins.stream().map(plugin -> plugin.status().resource()).toList();
        Duration pause = new Predecessor(directory, kubeletSocket).pause(resources, Instant.now());
        if (!pause.isZero()) {
            LOG.info("An earlier agent may have ended just now: registering in {} ms", pause.toMillis());
        }
        return pause;
    }

    private void lookAtKubelet() {
        do {
            Optional<SocketIdentity> now = SocketIdentity.of(kubeletSocket);
            if (!now.equals(kubelet)) {
                kubelet = now;
                kubeletPresent = now.isPresent();
                LOG.info("kubelet.sock {}", kubeletPresent ? "was created" : "has gone");
                if (kubeletPresent) {
                    plugins.forEach(plugin -> plugin.registration().kubeletStarted());
                }
                listeners.forEach(Listener::registrationChanged);
            }
        } while (subscription.watch(Set.of(kubeletSocket.getParent())));
        rivals.look();
    }

    private void read(Reading reading) {
        preparations.read(reading);
        plugins.forEach(plugin -> plugin.read(reading));
        begin();
        listeners.forEach(listener -> listener.podResourcesRead(reading));
    }

    /** What the resources have in common. */
    private final class Shared implements ResourcePlugin.Surroundings {
        @Override
        public void readPodResources() {
            podResources.readSoon();
        }

        @Override
        public Optional<PreStart> preStart(Allocator allocator) {
            return allocator
                    .preparer()
                    .map(preparer -> new PreStart(
                            allocator.resource(),
                            preparer,
                            () -> preparations.await(() -> loop.run(podResources::readSoon)),
                            preparations.threads()));
        }

        @Override
        public void allocated() {
            int allocation = ++allocations;
            READS_AFTER_ALLOCATE.forEach(delay -> loop.after(delay, () -> {
                if (allocation == allocations) {
                    podResources.readSoon();
                }
            }));
        }

        @Override
        public Metrics metrics() {
            return metrics;
        }

        @Override
        public void statusChanged(RegistrationStatus status) {
            boolean changed;
            synchronized (statuses) {
                changed = !status.equals(statuses.put(status.resource(), status));
            }
            if (changed) {
                listeners.forEach(Listener::registrationChanged);
            }
        }
    }
}
