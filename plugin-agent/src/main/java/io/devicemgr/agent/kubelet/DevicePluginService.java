package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.AllocationRefused;
import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.allocation.DeviceTable;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the kubelet calls, for one resource and one bound socket. */
final class DevicePluginService extends DevicePluginGrpc.DevicePluginImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(DevicePluginService.class);

    private final Allocator allocator;
    private final InventoryStore store;
    private final ListLimit limit;
    private final KubeletLoop loop;
    private final Events events;
    private final Optional<PreStart> preStart;
    private final Supplier<Held> held;
    private final List<ListStream> streams = new CopyOnWriteArrayList<>();
    private final InventoryStore.Registration changes;
    private volatile boolean hold = true;

    /** What the registration must know of; called on a thread of the server. */
    interface Events {
        void streamOpened(DevicePluginService service);

        /** Also called for streams that the service itself has ended. */
        void streamEnded(DevicePluginService service);

        /** @param sinceChange time since the oldest change in the list was noticed; null for the first list of a stream */
        void listSent(Duration sinceChange);

        void allocated(boolean granted, Duration took);
    }

    DevicePluginService(
            Allocator allocator,
            InventoryStore store,
            ListLimit limit,
            KubeletLoop loop,
            Optional<PreStart> preStart,
            Supplier<Held> held,
            Events events) {
        this.preStart = preStart;
        this.held = held;
        this.allocator = allocator;
        this.store = store;
        this.limit = limit;
        this.loop = loop;
        this.events = events;
        this.changes = store.onChange(inventory -> streams.forEach(stream -> stream.changed(store.noticedNanos())));
    }

    /** Sends the newest list to those who have another one. */
    void offer() {
        streams.forEach(ListStream::offer);
    }

    /** Sends changed lists from now on; until then only the first one is sent. */
    void release() {
        hold = false;
        streams.forEach(stream -> stream.hold(false));
    }

    /**
     * Ids that are healthy in all lists that the kubelet was sent last.
     *
     * @return null when a stream was sent nothing, or something later than this, from {@link System#nanoTime()}
     */
    Set<String> offeredBefore(long nanos) {
        Set<String> offered = null;
        for (ListStream stream : streams) {
            ListStream.Sent sent = stream.sent();
            if (sent == null || sent.nanos() - nanos > 0) {
                return null;
            }
            Set<String> ids = DeviceLists.healthyIds(sent.list());
            if (offered == null) {
                offered = new HashSet<>(ids);
            } else {
                offered.retainAll(ids);
            }
        }
        return offered;
    }

    /** All devices, also when they are more than the kubelet takes. */
    ListAndWatchResponse fullList() {
        return DeviceLists.of(devices(), allocator, held.get());
    }

    /** Ends all streams; the lists are not changed before (contract rule 92). */
    void endStreams() {
        changes.close();
        streams.forEach(ListStream::complete);
    }

    /** What the kubelet may call besides the rest; the same in Register and when it asks (contract rule 24). */
    DevicePluginOptions options() {
        return DevicePluginOptions.newBuilder()
                .setGetPreferredAllocationAvailable(allocator.prefers())
                .setPreStartRequired(preStart.isPresent())
                .build();
    }

    @Override
    public void getDevicePluginOptions(Empty request, StreamObserver<DevicePluginOptions> answer) {
        answer.onNext(options());
        answer.onCompleted();
    }

    @Override
    public void listAndWatch(Empty request, StreamObserver<ListAndWatchResponse> answer) {
        ServerCallStreamObserver<ListAndWatchResponse> reader = (ServerCallStreamObserver<ListAndWatchResponse>) answer;
        ListStream stream = new ListStream(reader, () -> limit.fit(fullList()), loop, events::listSent);
        reader.setOnReadyHandler(stream::offer);
        reader.setOnCancelHandler(() -> gone(stream));
        reader.setOnCloseHandler(() -> gone(stream));
        streams.add(stream);
        events.streamOpened(this);
        stream.hold(hold);
    }

    private DeviceTable devices() {
        return allocator.devices(store.current());
    }

    private void gone(ListStream stream) {
        stream.gone();
        if (streams.remove(stream)) {
            events.streamEnded(this);
        }
    }

    @Override
    public void getPreferredAllocation(
            PreferredAllocationRequest request, StreamObserver<PreferredAllocationResponse> answer) {
        if (Requests.refuse(Requests.fault(request), answer)) {
            return;
        }
        PreferredAllocationResponse.Builder response = PreferredAllocationResponse.newBuilder();
        DeviceTable devices = devices();
        request.getContainerRequestsList()
                .forEach(container -> response.addContainerResponses(preferred(devices, container)));
        answer.onNext(response.build());
        answer.onCompleted();
    }

    /** An entry without ids says "no preference" (contract rule 72e). */
    private ContainerPreferredAllocationResponse preferred(
            DeviceTable devices, ContainerPreferredAllocationRequest container) {
        return allocator.prefers()
                ? ContainerPreferredAllocationResponse.newBuilder()
                        .addAllDeviceIDs(allocator.preferred(
                                devices,
                                container.getAvailableDeviceIDsList(),
                                container.getMustIncludeDeviceIDsList(),
                                container.getAllocationSize()))
                        .build()
                : ContainerPreferredAllocationResponse.getDefaultInstance();
    }

    @Override
    public void allocate(AllocateRequest request, StreamObserver<AllocateResponse> answer) {
        if (Requests.refuse(Requests.fault(request), answer)) {
            return;
        }
        long start = System.nanoTime();
        DeviceTable devices = devices();
        AllocateResponse.Builder response = AllocateResponse.newBuilder();
        try {
            for (ContainerAllocateRequest container : request.getContainerRequestsList()) {
                response.addContainerResponses(Messages.of(allocator.allocate(devices, container.getDevicesIdsList())));
            }
            Requests.checkAnswer(response.build());
        } catch (AllocationRefused e) {
            LOG.warn("Allocation refused: {}", e.getMessage());
            answer.onError(
                    Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
            events.allocated(false, Duration.ofNanos(System.nanoTime() - start));
            return;
        }
        answer.onNext(response.build());
        answer.onCompleted();
        events.allocated(true, Duration.ofNanos(System.nanoTime() - start));
    }

    @Override
    public void preStartContainer(PreStartContainerRequest request, StreamObserver<PreStartContainerResponse> answer) {
        if (Requests.refuse(Requests.fault(request), answer)) {
            return;
        }
        if (preStart.isPresent()) {
            preStart.get().prepare(this::devices, request.getDevicesIdsList(), answer);
            return;
        }
        answer.onNext(PreStartContainerResponse.getDefaultInstance());
        answer.onCompleted();
    }
}
