package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.pluginregistration.v1.InfoRequest;
import io.devicemgr.proto.pluginregistration.v1.PluginInfo;
import io.devicemgr.proto.pluginregistration.v1.RegistrationGrpc;
import io.devicemgr.proto.pluginregistration.v1.RegistrationStatus;
import io.devicemgr.proto.pluginregistration.v1.RegistrationStatusResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The plugin's side of the plugin watcher, saying what a test tells it. */
public final class ScriptedRegistration extends RegistrationGrpc.RegistrationImplBase implements AutoCloseable {
    final List<RegistrationStatus> statuses = new CopyOnWriteArrayList<>();
    final List<String> authorities = new CopyOnWriteArrayList<>();
    final AtomicInteger infos = new AtomicInteger();
    volatile Supplier<PluginInfo> onInfo;
    volatile Status onNotify = Status.OK;
    private final UnixSockets sockets = new UnixSockets();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private Server server;
    private Path socket;

    public ScriptedRegistration(String resource, String endpoint) {
        PluginInfo info = PluginInfo.newBuilder()
                .setType("DevicePlugin")
                .setName(resource)
                .setEndpoint(endpoint)
                .addSupportedVersions("v1alpha7")
                .addSupportedVersions("v1beta1")
                .build();
        onInfo = () -> info;
    }

    ScriptedRegistration saying(UnaryOperator<PluginInfo.Builder> change) {
        PluginInfo info = change.apply(onInfo.get().toBuilder()).build();
        onInfo = () -> info;
        return this;
    }

    ScriptedRegistration serve(Path path) {
        socket = path;
        try {
            Files.createDirectories(path.getParent());
            server = sockets.server(path)
                    .executor(executor)
                    .addService(this)
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

    /** Takes the file away while the server goes on. */
    void removeSocket() {
        try {
            Files.delete(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
            server = null;
        }
    }

    @Override
    public void getInfo(InfoRequest request, StreamObserver<PluginInfo> answer) {
        // Without a handler an answer to a caller that has gone would throw.
        ((ServerCallStreamObserver<PluginInfo>) answer).setOnCancelHandler(() -> {});
        infos.incrementAndGet();
        answer.onNext(onInfo.get());
        answer.onCompleted();
    }

    @Override
    public void notifyRegistrationStatus(
            RegistrationStatus request, StreamObserver<RegistrationStatusResponse> answer) {
        statuses.add(request);
        if (onNotify.isOk()) {
            answer.onNext(RegistrationStatusResponse.getDefaultInstance());
            answer.onCompleted();
        } else {
            answer.onError(onNotify.asException());
        }
    }

    @Override
    public void close() {
        stopServing();
        executor.shutdownNow();
        sockets.close();
    }
}
