package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's sysfs. Everything in it may be missing, unreadable, or gone in the middle of a look: then it is as if it were not
 * there. Nothing outside the tree is read, and no more than 4 KiB of a file.
 */
final class Sysfs {
    /** Shorter names first, so that 2 comes before 10. */
    static final Comparator<String> NUMBERED =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private static final Logger LOG = LoggerFactory.getLogger(Sysfs.class);
    private static final int MAX_READ = 4096;

    private final Path root;
    private final Path devices;

    Sysfs(Path mounted) {
        this.root = real(mounted);
        this.devices = root.resolve("devices");
    }

    /** Where all devices are. */
    Path devices() {
        return devices;
    }

    /** Whether the kernel knows a class or a bus of this name. */
    boolean knows(String subsystem) {
        return directories(subsystem).anyMatch(Files::isDirectory);
    }

    /** Names of all classes. */
    Set<String> classes() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve("class"))) {
            Set<String> names = new TreeSet<>();
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
            return names;
        } catch (IOException | DirectoryIteratorException e) {
            return Set.of();
        }
    }

    /**
     * The devices of a class or bus, by the length of their names and then by name.
     *
     * @throws AccessDeniedException when they may not be listed
     * @throws IllegalArgumentException when the name is not a plain one
     */
    List<SysfsDevice> devicesOf(String subsystem) throws AccessDeniedException {
        Set<SysfsDevice> found = new TreeSet<>(Comparator.comparing(SysfsDevice::name, NUMBERED)
                .thenComparing(device -> device.directory().toString()));
        for (Path directory : directories(subsystem).toList()) {
            found.addAll(devicesIn(directory));
        }
        return List.copyOf(found);
    }

    /** All devices that have a node. */
    List<SysfsDevice> devicesWithNodes() throws AccessDeniedException {
        List<SysfsDevice> found = new ArrayList<>(devicesIn(root.resolve("dev/char")));
        found.addAll(devicesIn(root.resolve("dev/block")));
        return found;
    }

    /** The device that a node leads to, if the kernel knows one. */
    Optional<SysfsDevice> deviceOf(NodeNumber number) {
        String type = number.type() == Type.CHARACTER ? "char" : "block";
        return device(root.resolve("dev").resolve(type).resolve(number.major() + ":" + number.minor()));
    }

    /** Text of an attribute that is named in a setting; links are followed within the tree. */
    Optional<String> readWithin(Path file) {
        try {
            Path real = file.toRealPath();
            return real.startsWith(root) && Files.isRegularFile(real) ? read(real) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Beginning of a file, without white space at its ends. */
    static Optional<String> read(Path file) {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return Optional.of(new String(in.readNBytes(MAX_READ), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Stream<Path> directories(String subsystem) {
        if (subsystem.isEmpty() || subsystem.startsWith(".") || subsystem.contains("/")) {
            throw new IllegalArgumentException("'" + subsystem + "' is not the name of a subsystem");
        }
        return Stream.of(
                root.resolve("class").resolve(subsystem),
                root.resolve("bus").resolve(subsystem).resolve("devices"));
    }

    private Set<SysfsDevice> devicesIn(Path directory) throws AccessDeniedException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            Set<SysfsDevice> found = new TreeSet<>(
                    Comparator.comparing(device -> device.directory().toString(), NUMBERED));
            entries.forEach(entry -> device(entry).ifPresent(found::add));
            return found;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("{} cannot be listed: {}", directory, e.getMessage());
            return Set.of();
        }
    }

    private Optional<SysfsDevice> device(Path link) {
        try {
            // Links between devices are relative and lead through no other link.
            Path directory =
                    link.getParent().resolve(Files.readSymbolicLink(link)).normalize();
            return directory.startsWith(devices) && !directory.equals(devices)
                    ? Optional.of(new SysfsDevice(this, directory))
                    : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static Path real(Path mounted) {
        try {
            return mounted.toRealPath();
        } catch (IOException e) {
            return mounted.toAbsolutePath().normalize();
        }
    }

    /** Path of a directory as the host knows it. */
    String hostPath(Path directory) {
        return "/sys/" + root.relativize(directory);
    }
}
