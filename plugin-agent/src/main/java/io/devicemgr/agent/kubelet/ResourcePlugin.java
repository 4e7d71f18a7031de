package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.agent.runtime.ProcessAge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One resource towards the kubelet: its socket, its registration, and what the registration asks to be done. */
final class ResourcePlugin implements Registration.World {
    private static final Logger LOG = LoggerFactory.getLogger(ResourcePlugin.class);
    /** Time that the kubelet is given to take a list before it is asked about it. */
    private static final long TAKE_NANOS = 50_000_000;

    private final Allocator allocator;
    private final InventoryStore store;
    private final Path kubeletSocket;
    private final Introduction introduction;
    private final KubeletLoop loop;
    private final Surroundings surroundings;
    private final ListLimit limit;
    private final Instant startTime = Instant.now();
    private final long startNanos = System.nanoTime();
    private final Registration registration;
    private PluginServer server;
    private boolean introduced;
    private Future<?> alarm;
    private boolean registered;
    private String shortage;
    private volatile Held held = Held.NOTHING;

    /** What all resources of the agent have in common; called on the loop. */
    interface Surroundings {
        void readPodResources();

        void allocated();

        Metrics metrics();

        Optional<PreStart> preStart(Allocator allocator);

        void statusChanged(RegistrationStatus status);
    }

    ResourcePlugin(
            Allocator allocator,
            InventoryStore store,
            Path kubeletSocket,
            Introduction introduction,
            KubeletLoop loop,
            Surroundings surroundings) {
        this.allocator = allocator;
        this.store = store;
        this.kubeletSocket = kubeletSocket;
        this.introduction = introduction;
        this.loop = loop;
        this.surroundings = surroundings;
        this.limit = new ListLimit(ListLimit.KUBELET_BYTES, text -> loop.run(() -> cut(text)));
        this.registration = new Registration(allocator.resource(), this);
    }

    String resource() {
        return allocator.resource();
    }

    /** Healthy ids on the newest list. */
    int offered() {
        return limit.healthyInCutList()
                .orElseGet(() -> DeviceLists.healthyCount(allocator.devices(store.current()), allocator, held));
    }

    Registration registration() {
        return registration;
    }

    /** Whether another agent has made a socket for the resource, and not removed it. */
    boolean hasRival() {
        return PluginServer.made(kubeletSocket.getParent(), allocator.resource()).stream()
                .anyMatch(socket -> server == null || !socket.equals(server.path()));
    }

    /** How far the kubelet has taken over the resource, and what of it is not offered. */
    RegistrationStatus status() {
        RegistrationStatus status = registration.status();
        return shortage == null
                ? status
                : new RegistrationStatus(
                        status.resource(),
                        status.registered(),
                        status.verified(),
                        status.since(),
                        status.lastError() == null ? shortage : status.lastError() + "; " + shortage);
    }

    /** Hands on a reading, unless the kubelet was sent its list only after the reading began. */
    void read(Reading reading) {
        if (reading.available()) {
            held = reading.held(allocator.resource());
        }
        limit.held(reading.available() ? Optional.of(held.ids()) : Optional.empty());
        if (server == null) {
            return;
        }
        server.service().offer();
        Set<String> offered = server.service().offeredBefore(reading.startedNanos() - TAKE_NANOS);
        if (offered != null) {
            registration.read(reading.error(), reading.lists(allocator.resource(), offered));
        } else if (registration.phase() == Registration.Phase.VERIFYING) {
            readPodResources();
        }
    }

    @Override
    public Instant now() {
        // Steps of the system's clock must not lengthen a pause.
        return startTime.plusNanos(System.nanoTime() - startNanos);
    }

    @Override
    public boolean kubeletPresent() {
        return Files.exists(kubeletSocket);
    }

    @Override
    public String serve() {
        if (server != null && server.intact() && (introduction.repeatable() || !introduced)) {
            return null;
        }
        stopServing();
        DevicePluginService service = new DevicePluginService(
                allocator, store, limit, loop, surroundings.preStart(allocator), () -> held, new ServiceEvents());
        if (limit.blindFor(service.fullList())) {
            service.endStreams();
            surroundings.readPodResources();
            return "there are more devices than the kubelet takes: those that containers hold must be known first";
        }
        try {
            server = introduction.bind(service);
            return null;
        } catch (IOException e) {
            service.endStreams();
            return "the plugin socket cannot be made: " + e + "; see whether the directory is mounted and writable";
        }
    }

    @Override
    public void stopServing() {
        if (server != null) {
            PluginServer closing = server;
            server = null;
            introduced = false;
            closing.close();
        }
    }

    @Override
    public void register() {
        introduced = true;
        introduction.introduce(server, error -> {
            surroundings.metrics().registered(allocator.resource(), error == null);
            if (error == null) {
                registration.registered();
            } else {
                registration.refused(error);
            }
        });
    }

    @Override
    public boolean foundByKubelet() {
        return server != null && server.intact() && introduction.kubeletStarted();
    }

    @Override
    public void cancelRegister() {
        introduction.cancel();
    }

    @Override
    public void readPodResources() {
        surroundings.readPodResources();
    }

    @Override
    public void releaseLists() {
        if (server != null) {
            server.service().release();
        }
    }

    @Override
    public void wakeAfter(Duration time) {
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarm = loop.after(time, registration::wake);
    }

    @Override
    public void changed() {
        RegistrationStatus status = status();
        if (status.registered() && !registered) {
            LOG.info(
                    "registered {} {} ms after process start",
                    allocator.resource(),
                    ProcessAge.now().toMillis());
        }
        registered = status.registered();
        surroundings.statusChanged(status);
    }

    private void cut(String text) {
        shortage = text;
        if (text == null) {
            LOG.info("{}: all devices are offered again", allocator.resource());
        } else {
            LOG.warn("{}: {}", allocator.resource(), text);
        }
        surroundings.statusChanged(status());
    }

    /** Events of one bound socket; those of a socket that is given up count no more. */
    private final class ServiceEvents implements DevicePluginService.Events {
        @Override
        public void streamOpened(DevicePluginService service) {
            surroundings.metrics().streamOpened(allocator.resource());
            loop.run(() -> ifCurrent(service, registration::streamOpened));
        }

        @Override
        public void streamEnded(DevicePluginService service) {
            surroundings.metrics().streamEnded(allocator.resource());
            loop.run(() -> ifCurrent(service, registration::streamEnded));
        }

        @Override
        public void listSent(Duration sinceChange) {
            surroundings.metrics().listSent(allocator.resource(), sinceChange);
        }

        @Override
        public void allocated(boolean granted, Duration took) {
            surroundings.metrics().allocated(allocator.resource(), granted, took);
            if (granted) {
                loop.run(surroundings::allocated);
            }
        }

        private void ifCurrent(DevicePluginService service, Runnable action) {
            if (server != null && server.service() == service) {
                action.run();
            }
        }
    }
}
