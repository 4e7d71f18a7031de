package io.devicemgr.testkit.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of the kubelet, from its start-up clean-up to its end (section 2.3). */
final class KubeletProcess {
    private static final Logger LOG = LoggerFactory.getLogger(KubeletProcess.class);
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final DeviceManager manager;
    private final PluginConnections connections;
    private final PodAdmission admission;
    private final SocketServer registration;
    private final SocketServer podResources;
    private final Optional<PluginWatcher> watcher;

    KubeletProcess(KubeletParts parts) {
        SimulatedKubeletOptions options = parts.options();
        Path directory = options.devicePluginsDir();
        createDirectory(directory);
        if (plainFiles(directory).isEmpty()) {
            parts.node().zeroExtendedResources();
        }
        manager = new DeviceManager(parts, new Checkpoint(directory));
        manager.loadCheckpoint();
        connections = new PluginConnections(parts, manager);
        admission = new PodAdmission(manager, parts.node(), parts.order(), parts.violations(), options);
        deleteSockets(directory);
        registration = new SocketServer(
                parts.sockets(),
                options.kubeletSocket(),
                parts.executor(),
                new RegistrationService(parts, connections));
        podResources = new SocketServer(
                parts.sockets(),
                options.podResourcesSocket(),
                parts.executor(),
                new PodResourcesService(parts, manager),
                new PodResourcesGate(parts.faults()));
        watcher = options.pluginsRegistryDir()
                .map(root -> new PluginWatcher(parts, root, new WatchedRegistration(parts, connections)));
        watcher.ifPresent(PluginWatcher::start);
    }

    DeviceManager manager() {
        return manager;
    }

    PluginConnections connections() {
        return connections;
    }

    PodAdmission admission() {
        return admission;
    }

    Optional<PluginWatcher> watcher() {
        return watcher;
    }

    /** Closes the streams, then the servers, and removes both sockets. */
    void stop() {
        watcher.ifPresent(PluginWatcher::end);
        manager.end();
        connections.closeAll();
        registration.stop();
        podResources.stop();
    }

    /** Closes everything at once and leaves the dead sockets where they are. */
    void kill() {
        watcher.ifPresent(PluginWatcher::end);
        manager.end();
        registration.kill();
        podResources.kill();
        connections.closeAll();
    }

    private static void createDirectory(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + directory, e);
        }
    }

    private static List<Path> plainFiles(Path directory) {
        return list(directory).stream().filter(Files::isRegularFile).toList();
    }

    /** Sockets and links to sockets directly in the directory; files and sub-directories stay (rule 7). */
    private static void deleteSockets(Path directory) {
        for (Path path : list(directory)) {
            try {
                if (((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == SOCKET) {
                    Files.deleteIfExists(path);
                }
            } catch (NoSuchFileException e) {
                LOG.debug("A plugin has removed {} itself", path);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot clean up " + path, e);
            }
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(Files::exists).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + directory, e);
        }
    }
}
