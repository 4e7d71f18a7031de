package io.devicemgr.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A node's /dev whose devices can be plugged and unplugged. Making device nodes needs privileges, so each is a link to a
 * device of this machine: for whoever looks, a character device with a number of its own.
 */
public final class DeviceTree {
    private static final int TYPE_MASK = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private final Path dev;
    private final Map<String, Path> plugged = new LinkedHashMap<>();
    private final Map<String, Path> unplugged = new LinkedHashMap<>();

    DeviceTree(Path dev) {
        this.dev = dev;
    }

    /** The directory that the node's containers see as /dev. */
    public Path directory() {
        return dev;
    }

    /** Adds a device, for example {@code /dev/ttyUSB0}, that is this machine's {@code target}. */
    public synchronized void plug(String path, Path target) {
        Path link = inTree(path);
        try {
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unplugged.remove(path);
        plugged.put(path, target);
    }

    /** Takes a device away. */
    public synchronized void unplug(String path) {
        Path target = plugged.remove(path);
        if (target == null) {
            throw new IllegalArgumentException(path + " is not plugged in");
        }
        try {
            Files.delete(inTree(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unplugged.put(path, target);
    }

    /** Brings a device back that was taken away. */
    public synchronized void replug(String path) {
        Path target = unplugged.get(path);
        if (target == null) {
            throw new IllegalArgumentException(path + " was not unplugged");
        }
        plug(path, target);
    }

    /** Paths of all devices, for example {@code /dev/ttyUSB0}. */
    public synchronized List<String> devices() {
        return List.copyOf(plugged.keySet());
    }

    private Path inTree(String path) {
        if (!path.startsWith("/dev/")) {
            throw new IllegalArgumentException(path + " is not below /dev");
        }
        return dev.resolve(path.substring("/dev/".length()));
    }

    /** Character devices of this machine with different device numbers, the ones that every Linux has first. */
    public static List<Path> machineDevices() {
        Map<Object, Path> byNumber = new LinkedHashMap<>();
        List<Path> candidates = new ArrayList<>();
        for (String name : List.of("null", "zero", "full", "random", "urandom", "tty", "ptmx")) {
            candidates.add(Path.of("/dev", name));
        }
        try (Stream<Path> all = Files.list(Path.of("/dev"))) {
            all.sorted().forEach(candidates::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path candidate : candidates) {
            deviceNumber(candidate).ifPresent(number -> byNumber.putIfAbsent(number, candidate));
        }
        return List.copyOf(byNumber.values());
    }

    private static Optional<Object> deviceNumber(Path path) {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
            boolean device = (((Integer) attributes.get("mode")) & TYPE_MASK) == CHARACTER_DEVICE;
            return device ? Optional.of(attributes.get("rdev")) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
