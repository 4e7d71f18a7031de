package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.device.DeviceId;
import io.grpc.BindableService;
import io.grpc.Server;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound socket in a directory of the kubelet and the server behind it. Each has a file name of its own (contract rule 9). */
final class PluginServer {
    private static final Logger LOG = LoggerFactory.getLogger(PluginServer.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int GRACE_MILLIS = 150;

    /** The plugin watcher passes over files with such a name (contract rule 28). */
    private static final String HIDDEN = ".";

    private Path socket;
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
        removeDead(directory, resource);
        Path socket = directory.resolve(prefix(resource) + suffix() + ".sock");
        return new PluginServer(
                socket, service, transport.server(socket, service).start());
    }

    /** The same with a second service, under a name that the plugin watcher does not heed before {@link #show()}. */
    static PluginServer bindHidden(
            Path directory, String resource, DevicePluginService service, BindableService second, Transport transport)
            throws IOException {
        removeDead(directory, resource);
        Path socket = directory.resolve(HIDDEN + prefix(resource) + suffix() + ".sock");
        return new PluginServer(
                socket, service, transport.server(socket, service, second).start());
    }

    /**
     * Gives a hidden socket the name that counts; it stays the same socket.
     *
     * @throws IOException when it is gone or the directory cannot be written
     */
    void show() throws IOException {
        Path shown = socket.resolveSibling(socket.getFileName().toString().substring(HIDDEN.length()));
        Files.move(socket, shown, StandardCopyOption.ATOMIC_MOVE);
        socket = shown;
    }

    Path path() {
        return socket;
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
    private static void removeDead(Path directory, String resource) {
        for (Path socket : dead(directory, resource)) {
            LOG.info("Removing the socket {} that an earlier agent left behind", socket.getFileName());
            remove(socket);
        }
    }

    /** Sockets of the resource that an agent has made and that nobody serves any more. */
    static List<Path> dead(Path directory, String resource) {
        return made(directory, resource).stream()
                .filter(socket -> !accepts(socket))
                .toList();
    }

    /** Sockets of the resource that an agent has made, served or not. */
    static List<Path> made(Path directory, String resource) {
        String pattern = "{" + HIDDEN + ",}" + prefix(resource) + "*.sock";
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory, pattern)) {
            List<Path> made = new ArrayList<>();
            sockets.forEach(made::add);
            return made;
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("No look for old sockets in {}: {}", directory, e.getMessage());
            return List.of();
        }
    }

    private static String prefix(String resource) {
        return "dp-" + DeviceId.hash(resource) + "-";
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
