package io.devicemgr.agent.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A kubelet of old: it answers Register first, dials when the caller has its answer, and never asks for the options (rule 24). */
public final class OldKubelet implements AutoCloseable {
    private final Transport transport = new Transport();
    private final CompletableFuture<Registration> first = new CompletableFuture<>();
    private final Server server;
    private final Path directory;
    private RawKubelet client;

    /** The first Register. */
    public record Registration(
            String version,
            String endpoint,
            String resource,
            long deadlineSeconds,
            boolean preStart,
            boolean preferred) {}

    /** @throws IOException when kubelet.sock cannot be bound */
    public OldKubelet(Path devicePlugins) throws IOException {
        directory = devicePlugins;
        server = transport
                .server(devicePlugins.resolve("kubelet.sock"), new Service())
                .start();
    }

    /** The first Register, which has been answered. */
    public Registration registration() throws InterruptedException, ExecutionException, TimeoutException {
        return first.get(20, TimeUnit.SECONDS);
    }

    /** Dials and asks for the list. */
    public Queue<Map<String, String>> read(Registration registration) {
        client = new RawKubelet(directory.resolve(registration.endpoint()));
        return client.listAndWatch();
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        server.shutdownNow();
        transport.close();
    }

    private final class Service extends RegistrationGrpc.RegistrationImplBase {
        @Override
        public void register(RegisterRequest request, StreamObserver<Empty> answer) {
            Deadline deadline = Context.current().getDeadline();
            answer.onNext(Empty.getDefaultInstance());
            answer.onCompleted();
            first.complete(new Registration(
                    request.getVersion(),
                    request.getEndpoint(),
                    request.getResourceName(),
                    deadline == null ? Long.MAX_VALUE : deadline.timeRemaining(TimeUnit.SECONDS),
                    request.getOptions().getPreStartRequired(),
                    request.getOptions().getGetPreferredAllocationAvailable()));
        }
    }
}
