package io.devicemgr.testkit.kubelet;

import com.google.protobuf.MessageLite;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The kubelet's connection to one plugin socket. */
final class PluginClient {
    private static final int FOUR_MIB = 4 * 1024 * 1024;
    private static final int ANY_METADATA = 16 * 1024 * 1024;
    private static final int INITIAL_WINDOW = 65_535;
    private static final long PRE_START_SECONDS = 30;

    private final String resource;
    private final Path socket;
    private final ManagedChannel channel;
    private final CallLog calls;
    private volatile PluginStream stream;
    private volatile boolean closedByKubelet;
    private volatile boolean watched;

    PluginClient(
            String resource, Path socket, String authority, UnixSockets sockets, Executor executor, CallLog calls) {
        this.resource = resource;
        this.socket = socket;
        this.calls = calls;
        this.channel = sockets.channel(socket, authority)
                .executor(executor)
                .maxInboundMessageSize(FOUR_MIB)
                .maxInboundMetadataSize(ANY_METADATA)
                .initialFlowControlWindow(INITIAL_WINDOW)
                .build();
    }

    String resource() {
        return resource;
    }

    Path socket() {
        return socket;
    }

    /** Null until {@link #listAndWatch} was called. */
    PluginStream stream() {
        return stream;
    }

    boolean streaming() {
        PluginStream current = stream;
        return current != null && current.open();
    }

    /** Blocks until the plugin's HTTP/2 settings have arrived; false when the time is over first (rule 4). */
    boolean awaitReady(long limitNanos) {
        return Dial.awaitReady(channel, limitNanos);
    }

    /** It did not register by itself. */
    void foundByWatcher() {
        watched = true;
    }

    boolean isFoundByWatcher() {
        return watched;
    }

    /** Inherits the deadline of the Register call that it is made in (rule 20). */
    DevicePluginOptions options() {
        return recorded(
                calls.begin(Rpc.GET_DEVICE_PLUGIN_OPTIONS, resource, socket.toString(), List.of()),
                () -> stub().getDevicePluginOptions(Empty.getDefaultInstance()));
    }

    void listAndWatch(PluginStream opened) {
        stream = opened;
        Call call = calls.begin(Rpc.LIST_AND_WATCH, resource, socket.toString(), List.of());
        opened.recordIn(call);
        // The stream outlives the Register call and must not inherit its deadline or cancellation.
        Context.ROOT.run(() -> DevicePluginGrpc.newStub(channel).listAndWatch(Empty.getDefaultInstance(), opened));
        opened.started();
    }

    AllocateResponse allocate(List<String> ids) {
        AllocateRequest request = AllocateRequest.newBuilder()
                .addContainerRequests(ContainerAllocateRequest.newBuilder().addAllDevicesIds(ids))
                .build();
        return recorded(calls.begin(Rpc.ALLOCATE, resource, socket.toString(), ids), () -> stub().allocate(request));
    }

    PreferredAllocationResponse prefer(List<String> available, List<String> mustInclude, int size) {
        PreferredAllocationRequest request = PreferredAllocationRequest.newBuilder()
                .addContainerRequests(ContainerPreferredAllocationRequest.newBuilder()
                        .addAllAvailableDeviceIDs(available)
                        .addAllMustIncludeDeviceIDs(mustInclude)
                        .setAllocationSize(size))
                .build();
        return recorded(
                calls.begin(Rpc.GET_PREFERRED_ALLOCATION, resource, socket.toString(), available),
                () -> stub().getPreferredAllocation(request));
    }

    /** The only call of the kubelet with a limit of its own: 30 s (rule 74). */
    void preStart(List<String> ids) {
        PreStartContainerRequest request =
                PreStartContainerRequest.newBuilder().addAllDevicesIds(ids).build();
        recorded(
                calls.begin(Rpc.PRE_START_CONTAINER, resource, socket.toString(), ids),
                () -> stub().withDeadlineAfter(PRE_START_SECONDS, TimeUnit.SECONDS)
                        .preStartContainer(request));
    }

    PluginCalls calls() {
        return new PluginCalls(channel);
    }

    /** True when the kubelet ended it, so that the plugin cannot be blamed for the end of the stream. */
    boolean closedByKubelet() {
        return closedByKubelet;
    }

    void cancelStream() {
        closedByKubelet = true;
        if (stream == null) {
            throw new IllegalStateException("There is no stream of " + resource);
        }
        stream.cancel();
    }

    void close() {
        closedByKubelet = true;
        channel.shutdownNow();
    }

    private DevicePluginGrpc.DevicePluginBlockingStub stub() {
        return DevicePluginGrpc.newBlockingStub(channel);
    }

    private static <T extends MessageLite> T recorded(Call call, Supplier<T> rpc) {
        try {
            T answer = rpc.get();
            call.succeed();
            return answer;
        } catch (StatusRuntimeException e) {
            call.fail(GoErrors.text(e.getStatus()));
            throw e;
        }
    }
}
