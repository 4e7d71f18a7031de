package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.device.DeviceId;
import io.grpc.Server;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound socket in the kubelet's directory and the server behind it. Each has a file name of its own (contract rule 9). */
final class PluginServer {
    private static final Logger LOG = LoggerFactory.getLogger(PluginServer.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int GRACE_MILLIS = 150;

    private final Path socket;
    private final DevicePluginService service;
    private final Server server;
    private final Optional<SocketIdentity> bound;

    private PluginServer(Path socket, DevicePluginService service, Server server) {
        this.socket = socket;
        this.service = service;
        this.server = server;
        this.bound = SocketIdentity.of(socket);
    }

    /**
     * Binds a new socket and serves on it.
     *
     * @throws IOException when the directory is not there or cannot be written
     */
    static PluginServer bind(Path directory, String resource, DevicePluginService service, Transport transport)
            throws IOException {
        String prefix = "dp-" + DeviceId.hash(resource) + "-";
        removeDead(directory, prefix);
        Path socket = directory.resolve(prefix + suffix() + ".sock");
        Server server = transport.server(socket, service).start();
        return new PluginServer(socket, service, server);
    }

    /** File name of the socket, which is the endpoint that the kubelet wants (contract rule 16). */
    String endpoint() {
        return socket.getFileName().toString();
    }

    DevicePluginService service() {
        return service;
    }

    /** Whether the path still leads to this server (contract rule 87). */
    boolean intact() {
        return bound.isPresent() && bound.equals(SocketIdentity.of(socket));
    }

    /** Ends the streams, stops accepting, removes the socket, and gives calls in flight a moment (contract rule 92). */
    void close() {
        boolean own = intact();
        service.endStreams();
        server.shutdown();
        if (own) {
            remove(socket);
        }
        try {
            if (!server.awaitTermination(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(GRACE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Removes what a predecessor that was killed left behind: nobody else does before the next kubelet restart. */
    private static void removeDead(Path directory, String prefix) {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, prefix + "*.sock")) {
            for (Path socket : old) {
                if (!accepts(socket)) {
                    LOG.info("Removing the socket {} that an earlier agent left behind", socket.getFileName());
                    remove(socket);
                }
            }
        } catch (IOException e) {
            LOG.debug("No look for old sockets in {}: {}", directory, e.getMessage());
        }
    }

    private static boolean accepts(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    private static void remove(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("The socket {} cannot be removed: {}", socket, e.getMessage());
        }
    }

    private static String suffix() {
        String digits = Integer.toString(RANDOM.nextInt(Integer.MAX_VALUE), 36);
        return "0".repeat(6 - digits.length()) + digits;
    }
}
