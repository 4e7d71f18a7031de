package io.devicemgr.agent.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory below /sys/devices.
 *
 * @param sysfs the tree that it belongs to
 * @param directory where it is, without links
 */
record SysfsDevice(Sysfs sysfs, Path directory) {

    /** Name that the kernel gives it. */
    String name() {
        return directory.getFileName().toString();
    }

    /** The directory as the host knows it, beginning with /sys/devices. */
    String hostPath() {
        return sysfs.hostPath(directory);
    }

    /** Text of a file of the device; nothing when it is empty or cannot be read. */
    Optional<String> attribute(String name) {
        return Sysfs.read(directory.resolve(name)).filter(text -> !text.isEmpty());
    }

    /** Text of the file with a path that a setting names; it may be empty. */
    Optional<String> attributeAt(String relativePath) {
        Path file = directory.resolve(relativePath);
        boolean within = !relativePath.isEmpty()
                && !Path.of(relativePath).isAbsolute()
                && file.normalize().equals(file)
                && !Stream.of(relativePath.split("/")).anyMatch(".."::equals);
        return within ? sysfs.readWithin(file) : Optional.empty();
    }

    /** Properties that the kernel tells in its events. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        Sysfs.read(directory.resolve("uevent")).stream()
                .flatMap(String::lines)
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> properties.put(pair[0], pair[1]));
        return properties;
    }

    /** Name of what a link of the device leads to, such as its driver. */
    Optional<String> linked(String name) {
        try {
            return Optional.ofNullable(
                            Files.readSymbolicLink(directory.resolve(name)).getFileName())
                    .map(Path::toString);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** The device itself, the device that it belongs to, and so on. */
    Stream<SysfsDevice> upwards() {
        return Stream.iterate(
                        directory,
                        each -> each != null && each.startsWith(sysfs.devices()) && !each.equals(sysfs.devices()),
                        Path::getParent)
                .map(each -> new SysfsDevice(sysfs, each));
    }

    /** Directories directly below it. */
    Stream<Path> parts() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)).toList().stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.empty();
        }
    }

    /** NUMA node that the device is nearest to; null when the machine does not say. */
    Integer numaNode() {
        return upwards()
                .map(each -> each.attribute("numa_node").map(SysfsDevice::number))
                .flatMap(Optional::stream)
                .filter(Objects::nonNull)
                .filter(node -> node >= 0)
                .findFirst()
                .orElse(null);
    }

    private static Integer number(String text) {
        return text.matches("\\d{1,6}") ? Integer.valueOf(text) : -1;
    }
}
