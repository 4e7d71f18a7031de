package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.agent.runtime.ProcessAge;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One resource towards the kubelet: its socket, its registration, and what the registration asks to be done. */
final class ResourcePlugin implements Registration.World {
    private static final Logger LOG = LoggerFactory.getLogger(ResourcePlugin.class);
    private static final String VERSION = "v1beta1";

    /** Contract rule 20: the kubelet dials back for up to 10 s within the call. */
    private static final int REGISTER_SECONDS = 20;

    /** Time that the kubelet is given to take a list before it is asked about it. */
    private static final long TAKE_NANOS = 50_000_000;

    private final Allocator allocator;
    private final InventoryStore store;
    private final Path directory;
    private final Path kubeletSocket;
    private final Transport transport;
    private final KubeletLoop loop;
    private final Surroundings surroundings;
    private final Instant startTime = Instant.now();
    private final long startNanos = System.nanoTime();
    private final Registration registration;
    private PluginServer server;
    private ManagedChannel call;
    private Future<?> alarm;
    private boolean registered;

    /** What all resources of the agent have in common; called on the loop. */
    interface Surroundings {
        void readPodResources();

        void allocated();

        Metrics metrics();

        void statusChanged(RegistrationStatus status);
    }

    ResourcePlugin(
            Allocator allocator,
            InventoryStore store,
            Path kubeletSocket,
            Transport transport,
            KubeletLoop loop,
            Surroundings surroundings) {
        this.allocator = allocator;
        this.store = store;
        this.directory = kubeletSocket.getParent();
        this.kubeletSocket = kubeletSocket;
        this.transport = transport;
        this.loop = loop;
        this.surroundings = surroundings;
        this.registration = new Registration(allocator.resource(), this);
    }

    Registration registration() {
        return registration;
    }

    /** Hands on a reading, unless the kubelet was sent its list only after the reading began. */
    void read(Reading reading) {
        if (server == null) {
            return;
        }
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
        if (server != null && server.intact()) {
            return null;
        }
        stopServing();
        try {
            server = PluginServer.bind(directory, allocator.resource(), service(), transport);
            return null;
        } catch (IOException e) {
            return "the plugin socket cannot be made in " + directory + ": " + e.getMessage();
        }
    }

    @Override
    public void stopServing() {
        if (server != null) {
            PluginServer closing = server;
            server = null;
            closing.close();
        }
    }

    @Override
    public void register() {
        cancelRegister();
        RegisterRequest request = RegisterRequest.newBuilder()
                .setVersion(VERSION)
                .setEndpoint(server.endpoint())
                .setResourceName(allocator.resource())
                .setOptions(DevicePluginOptions.getDefaultInstance())
                .build();
        ManagedChannel channel = transport.channel(kubeletSocket);
        Answer<Empty> answer = new Answer<>();
        call = channel;
        answer.future().whenCompleteAsync((empty, failure) -> answered(channel, failure), loop::run);
        RegistrationGrpc.newStub(channel)
                .withDeadlineAfter(REGISTER_SECONDS, TimeUnit.SECONDS)
                .register(request, answer);
    }

    @Override
    public void cancelRegister() {
        if (call != null) {
            call.shutdownNow();
            call = null;
        }
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
        RegistrationStatus status = registration.status();
        if (status.registered() && !registered) {
            LOG.info(
                    "registered {} {} ms after process start",
                    allocator.resource(),
                    ProcessAge.now().toMillis());
        }
        registered = status.registered();
        surroundings.statusChanged(status);
    }

    private DevicePluginService service() {
        return new DevicePluginService(allocator, store, loop, new ServiceEvents());
    }

    private void answered(ManagedChannel channel, Throwable failure) {
        channel.shutdownNow();
        if (call != channel) {
            return;
        }
        call = null;
        surroundings.metrics().registered(allocator.resource(), failure == null);
        if (failure == null) {
            registration.registered();
        } else {
            registration.refused(Answer.reason(failure));
        }
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
