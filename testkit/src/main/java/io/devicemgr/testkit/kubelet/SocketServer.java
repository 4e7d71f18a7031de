package io.devicemgr.testkit.kubelet;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A gRPC server on a Unix socket that can end like a process: cleanly, or leaving its dead socket file behind. */
final class SocketServer {
    private static final int FOUR_MIB = 4 * 1024 * 1024;

    private final Server server;
    private final Path alias;

    /**
     * Netty deletes the path it bound when it closes. Binding through an alias of the directory lets {@link #kill()}
     * take that path away first, so that the socket file stays as it does after a crash.
     */
    SocketServer(
            UnixSockets sockets,
            Path socket,
            Executor executor,
            BindableService service,
            ServerInterceptor... interceptors) {
        try {
            Files.createDirectories(socket.getParent());
            Files.deleteIfExists(socket);
            alias = Files.createTempDirectory("kubelet").resolve("d");
            Files.createSymbolicLink(alias, socket.getParent().toAbsolutePath());
            NettyServerBuilder builder = sockets.server(alias.resolve(socket.getFileName()))
                    .executor(executor)
                    .maxInboundMessageSize(FOUR_MIB)
                    .addService(service);
            for (ServerInterceptor interceptor : interceptors) {
                builder.intercept(interceptor);
            }
            server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on " + socket, e);
        }
    }

    /** Closes all connections and removes the socket file. */
    void stop() {
        end();
        removeAlias();
    }

    /** Closes all connections and leaves the socket file, which from now on refuses connections. */
    void kill() {
        removeAlias();
        end();
    }

    private void end() {
        try {
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeAlias() {
        try {
            Files.deleteIfExists(alias);
            Files.deleteIfExists(alias.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + alias, e);
        }
    }
}
