package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.agent.discovery.Look.Facts;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads what stands under a path below the /dev directory, and follows its links; good for one scan. */
final class NodeReader {
    private static final String DEV = "/dev/";
    private static final int TYPE_MASK = 0170000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;
    private static final int LINK = 0120000;
    private static final int MAX_LINKS = 40;

    private final Path devDirectory;
    private final Function<NodeNumber, Optional<Facts>> facts;
    private final Set<Path> asked = new HashSet<>();
    private final Map<Path, String> hostDirectories = new HashMap<>();
    private Path realDevDirectory;

    /** @param facts what sysfs knows of a node */
    NodeReader(Path devDirectory, Function<NodeNumber, Optional<Facts>> facts) {
        this.devDirectory = devDirectory;
        this.facts = facts;
    }

    /** Directories of all nodes that were asked for by name, whether they were there or not. */
    Set<Path> directories() {
        return asked;
    }

    /**
     * The node that the kernel has made under this name.
     *
     * @param name path relative to /dev
     */
    Optional<DeviceNode> node(String name, Role role) {
        Path entry = entry(name);
        if (!entry.startsWith(devDirectory) || entry.equals(devDirectory)) {
            return Optional.empty();
        }
        asked.add(entry.getParent());
        return read("", entry, asked)
                .filter(Sighting::isDevice)
                .map(sighting -> sighting.hardware().nodes().get(0))
                .map(node -> new DeviceNode(node.path(), node.hostPath(), node.number(), role));
    }

    private Path entry(String name) {
        try {
            return devDirectory.resolve(name).normalize();
        } catch (InvalidPathException e) {
            return devDirectory;
        }
    }

    /**
     * What the entry is; nothing when it is not there, or a link to nothing.
     *
     * @param directories gets those in which the targets of the entry's links come and go
     */
    Optional<Sighting> read(String resource, Path entry, Set<Path> directories) {
        String path = DEV + devDirectory.relativize(entry);
        try {
            Map<String, Object> attributes = Files.readAttributes(entry, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
            boolean link = type(attributes) == LINK;
            if (link) {
                directories.addAll(linkDirectories(entry));
                attributes = Files.readAttributes(entry, "unix:mode,rdev");
            }
            NodeNumber number = number(type(attributes), (Long) attributes.get("rdev"));
            return Optional.of(
                    number == null
                            ? notADevice(resource, path)
                            : Sighting.of(
                                    resource,
                                    hardware(path, link ? hostPath(entry, path) : nodeHostPath(entry, path), number)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            return Optional.of(Sighting.problem(
                    resource,
                    path,
                    Reason.PERMISSION_DENIED,
                    "the agent may not look at " + path + "; it must run privileged"));
        } catch (IOException e) {
            return Optional.of(notADevice(resource, path));
        }
    }

    private static Set<Path> linkDirectories(Path entry) {
        Set<Path> directories = new HashSet<>();
        Path current = entry;
        try {
            for (int i = 0; i < MAX_LINKS && Files.isSymbolicLink(current); i++) {
                current = current.getParent()
                        .resolve(Files.readSymbolicLink(current))
                        .normalize();
                if (current.getParent() != null) {
                    directories.add(current.getParent());
                }
            }
        } catch (IOException e) {
            // The link went away: its own directory is watched.
            return directories;
        }
        return directories;
    }

    /** Path for the container runtime, which runs on the host and does not see the agent's mounts. */
    String hostPath(Path entry, String path) throws IOException {
        Path real = entry.toRealPath();
        if (realDevDirectory == null) {
            realDevDirectory = devDirectory.toRealPath();
        }
        // Elsewhere than below /dev the container runtime on the host resolves the link itself.
        return real.startsWith(realDevDirectory) ? DEV + realDevDirectory.relativize(real) : path;
    }

    /** The same for an entry that is not a link; its directory may be below one. */
    private String nodeHostPath(Path entry, String path) throws IOException {
        Path directory = entry.getParent();
        String host = hostDirectories.get(directory);
        if (host == null) {
            String asked = path.substring(0, path.lastIndexOf('/'));
            host = directory.equals(devDirectory) ? asked : hostPath(directory, asked);
            hostDirectories.put(directory, host);
        }
        return host + "/" + entry.getFileName();
    }

    private Hardware hardware(String path, String hostPath, NodeNumber number) {
        Hardware bare = Hardware.node(path, hostPath, number);
        return facts.apply(number)
                .map(known -> new Hardware(
                        path,
                        known.origin() == null
                                ? bare.identity()
                                : known.origin().identity(),
                        path,
                        bare.nodes(),
                        bare.paths(),
                        known.sysfsPath(),
                        known.numaNode()))
                .orElse(bare);
    }

    private static Sighting notADevice(String resource, String path) {
        return Sighting.problem(resource, path, Reason.NOT_A_DEVICE, path + " is not a device node");
    }

    private static int type(Map<String, Object> attributes) {
        return (Integer) attributes.get("mode") & TYPE_MASK;
    }

    private static NodeNumber number(int type, long rdev) {
        if (type != CHARACTER && type != BLOCK) {
            return null;
        }
        int major = (int) (((rdev >>> 8) & 0xfff) | ((rdev >>> 32) & 0xfffff000L));
        int minor = (int) ((rdev & 0xff) | ((rdev >>> 12) & 0xffffff00L));
        return new NodeNumber(type == CHARACTER ? Type.CHARACTER : Type.BLOCK, major, minor);
    }
}
