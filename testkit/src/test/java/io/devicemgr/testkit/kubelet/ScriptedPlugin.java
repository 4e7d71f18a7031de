package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.DeviceSpec;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.TopologyInfo;
import io.grpc.BindableService;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The least that speaks the device plugin protocol, doing exactly what a test tells it, right or wrong. */
public final class ScriptedPlugin extends DevicePluginGrpc.DevicePluginImplBase implements AutoCloseable {
    final String resource;
    final Path socket;
    final AtomicInteger cancelledStreams = new AtomicInteger();
    final List<PreferredAllocationRequest> preferences = new CopyOnWriteArrayList<>();
    final List<AllocateRequest> allocations = new CopyOnWriteArrayList<>();
    final List<String> authorities = new CopyOnWriteArrayList<>();
    volatile DevicePluginOptions options = DevicePluginOptions.getDefaultInstance();
    volatile Function<Empty, DevicePluginOptions> onOptions = e -> options;
    public volatile Function<AllocateRequest, AllocateResponse> onAllocate = ScriptedPlugin::plainAnswer;
    volatile Function<PreferredAllocationRequest, PreferredAllocationResponse> onPrefer =
            r -> PreferredAllocationResponse.getDefaultInstance();
    volatile Function<PreStartContainerRequest, PreStartContainerResponse> onPreStart =
            r -> PreStartContainerResponse.getDefaultInstance();
    private final UnixSockets sockets = new UnixSockets();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<ServerCallStreamObserver<ListAndWatchResponse>> streams = new CopyOnWriteArrayList<>();
    private final Path kubeletSocket;
    private volatile List<Device> devices = List.of();
    private final List<BindableService> others = new CopyOnWriteArrayList<>();
    private Server server;

    public ScriptedPlugin(SimulatedKubelet kubelet, String resource, String socketName) {
        this.resource = resource;
        this.socket = kubelet.options().devicePluginsDir().resolve(socketName);
        this.kubeletSocket = kubelet.options().kubeletSocket();
    }

    static Device device(String id, String health, long... nodes) {
        Device.Builder device = Device.newBuilder().setID(id).setHealth(health);
        if (nodes.length > 0) {
            TopologyInfo.Builder topology = TopologyInfo.newBuilder();
            for (long node : nodes) {
                topology.addNodes(NUMANode.newBuilder().setID(node));
            }
            device.setTopology(topology);
        }
        return device.build();
    }

    static List<Device> healthy(String... ids) {
        return Stream.of(ids).map(id -> device(id, "Healthy")).toList();
    }

    static AllocateResponse plainAnswer(AllocateRequest request) {
        AllocateResponse.Builder answer = AllocateResponse.newBuilder();
        request.getContainerRequestsList().forEach(container -> {
            ContainerAllocateResponse.Builder response = ContainerAllocateResponse.newBuilder();
            container
                    .getDevicesIdsList()
                    .forEach(id -> response.addDevices(DeviceSpec.newBuilder()
                            .setHostPath("/dev/" + id)
                            .setContainerPath("/dev/" + id)
                            .setPermissions("rw")));
            answer.addContainerResponses(response);
        });
        return answer.build();
    }

    ScriptedPlugin offering(List<Device> offered) {
        devices = List.copyOf(offered);
        return this;
    }

    public ScriptedPlugin offering(String... ids) {
        return offering(healthy(ids));
    }

    /** Opens streams but never sends the first list. */
    ScriptedPlugin silent() {
        devices = null;
        return this;
    }

    ScriptedPlugin preStart() {
        options = options.toBuilder().setPreStartRequired(true).build();
        return this;
    }

    ScriptedPlugin preferring(Function<PreferredAllocationRequest, PreferredAllocationResponse> answer) {
        options = options.toBuilder().setGetPreferredAllocationAvailable(true).build();
        onPrefer = answer;
        return this;
    }

    /** Serves this as well on the same socket. */
    public ScriptedPlugin with(BindableService service) {
        others.add(service);
        return this;
    }

    public ScriptedPlugin serve() {
        try {
            NettyServerBuilder builder =
                    sockets.server(socket).executor(executor).maxInboundMessageSize(64 << 20);
            others.forEach(builder::addService);
            server = builder.addService(this)
                    .intercept(new ServerInterceptor() {
                        @Override
                        public <Q, A> ServerCall.Listener<Q> interceptCall(
                                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                            authorities.add(call.getAuthority());
                            return next.startCall(call, headers);
                        }
                    })
                    .build()
                    .start();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void register() {
        register(r -> {}, null);
    }

    /** Blocks until the kubelet has answered; throws its error. */
    void register(Consumer<RegisterRequest.Builder> change, Deadline deadline) {
        RegisterRequest.Builder request = RegisterRequest.newBuilder()
                .setVersion("v1beta1")
                .setEndpoint(socket.getFileName().toString())
                .setResourceName(resource);
        change.accept(request);
        ManagedChannel channel = sockets.channel(kubeletSocket, "localhost").build();
        try {
            RegistrationGrpc.newBlockingStub(channel).withDeadline(deadline).register(request.build());
        } finally {
            channel.shutdownNow();
        }
    }

    void send(List<Device> list) {
        devices = List.copyOf(list);
        streams.forEach(stream -> stream.onNext(answer()));
    }

    void send(String... ids) {
        send(healthy(ids));
    }

    int streams() {
        return streams.size();
    }

    boolean readyToSend() {
        return streams.stream().allMatch(ServerCallStreamObserver::isReady);
    }

    /** Ends the oldest stream, with an error or with OK. */
    void endStream(Status status) {
        ServerCallStreamObserver<ListAndWatchResponse> stream = streams.remove(0);
        if (status.isOk()) {
            stream.onCompleted();
        } else {
            stream.onError(status.asException());
        }
    }

    void stopServing() {
        if (server != null) {
            server.shutdownNow();
            try {
                server.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            streams.clear();
            server = null;
        }
    }

    @Override
    public void getDevicePluginOptions(Empty request, StreamObserver<DevicePluginOptions> answer) {
        reply(onOptions, request, answer);
    }

    @Override
    public void listAndWatch(Empty request, StreamObserver<ListAndWatchResponse> answer) {
        ServerCallStreamObserver<ListAndWatchResponse> stream = (ServerCallStreamObserver<ListAndWatchResponse>) answer;
        stream.setOnCancelHandler(() -> {
            streams.remove(stream);
            cancelledStreams.incrementAndGet();
        });
        if (devices != null) {
            stream.onNext(answer());
        }
        streams.add(stream);
    }

    @Override
    public void allocate(AllocateRequest request, StreamObserver<AllocateResponse> answer) {
        allocations.add(request);
        reply(onAllocate, request, answer);
    }

    @Override
    public void getPreferredAllocation(
            PreferredAllocationRequest request, StreamObserver<PreferredAllocationResponse> answer) {
        preferences.add(request);
        reply(onPrefer, request, answer);
    }

    @Override
    public void preStartContainer(PreStartContainerRequest request, StreamObserver<PreStartContainerResponse> answer) {
        reply(onPreStart, request, answer);
    }

    private ListAndWatchResponse answer() {
        return ListAndWatchResponse.newBuilder().addAllDevices(devices).build();
    }

    private static <Q, A> void reply(Function<Q, A> script, Q request, StreamObserver<A> answer) {
        A response;
        try {
            response = script.apply(request);
        } catch (RuntimeException e) {
            answer.onError(Status.fromThrowable(e).asException());
            return;
        }
        answer.onNext(response);
        answer.onCompleted();
    }

    @Override
    public void close() {
        stopServing();
        executor.shutdownNow();
        sockets.close();
    }
}
