package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A /dev and a /sys as the kernel lays them out, with its links. Paths of devices are relative to /sys/devices. Nodes are links to
 * nodes that every machine has, such as /dev/null, and have their numbers.
 */
final class FakeTree {
    static final String RESOURCE = "example.com/x";
    static final String XHCI = "pci0000:00/0000:00:14.0";

    final Path dev;
    final Path sys;

    FakeTree(Path directory) throws IOException {
        Path real = directory.toRealPath();
        dev = Files.createDirectory(real.resolve("dev"));
        sys = Files.createDirectories(real.resolve("sys/devices")).getParent();
    }

    Roots roots() {
        return new Roots(dev, sys);
    }

    /** One look for one resource, as an agent that has just started takes it. */
    Scan scan(DeviceSelector... selectors) {
        return scanner(selectors).scan();
    }

    DeviceScanner scanner(DeviceSelector... selectors) {
        return new DeviceScanner(
                roots(), List.of(new DeviceResource(RESOURCE, List.of(selectors), null, null, null, null)));
    }

    /** A device with attributes, each written as name=value. */
    FakeTree device(String path, String... attributes) throws IOException {
        Path directory = Files.createDirectories(directory(path));
        for (String attribute : attributes) {
            String[] pair = attribute.split("=", 2);
            Path file = directory.resolve(pair[0]);
            Files.createDirectories(file.getParent());
            Files.writeString(file, pair[1] + "\n");
        }
        if (!Files.exists(directory.resolve("uevent"))) {
            Files.writeString(directory.resolve("uevent"), "");
        }
        return this;
    }

    /** Puts a device into a class. */
    FakeTree inClass(String path, String subsystem) throws IOException {
        Path home = sys.resolve("class").resolve(subsystem);
        link(home.resolve(directory(path).getFileName()), directory(path));
        link(directory(path).resolve("subsystem"), home);
        return this;
    }

    /** Puts a device onto a bus. */
    FakeTree onBus(String path, String bus) throws IOException {
        Path home = sys.resolve("bus").resolve(bus);
        link(home.resolve("devices").resolve(directory(path).getFileName()), directory(path));
        link(directory(path).resolve("subsystem"), home);
        return this;
    }

    /** Binds a driver. */
    FakeTree driver(String path, String bus, String driver) throws IOException {
        Path home = Files.createDirectories(sys.resolve("bus/" + bus + "/drivers/" + driver));
        link(directory(path).resolve("driver"), home);
        return property(path, "DRIVER", driver);
    }

    FakeTree property(String path, String name, String value) throws IOException {
        Path file = directory(path).resolve("uevent");
        Map<String, String> properties = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            properties.put(line.split("=", 2)[0], line.split("=", 2)[1]);
        }
        properties.put(name, value);
        StringBuilder text = new StringBuilder();
        properties.forEach(
                (key, each) -> text.append(key).append('=').append(each).append('\n'));
        Files.writeString(file, text.toString());
        return this;
    }

    /** A device of a class with a node: in sysfs, and in /dev as a link to {@code standIn}, for example /dev/null. */
    FakeTree node(String path, String subsystem, String devname, String standIn) throws IOException {
        device(path);
        if (!Files.exists(directory(path).resolve("subsystem"), LinkOption.NOFOLLOW_LINKS)) {
            inClass(path, subsystem);
        }
        NodeNumber number = number(standIn);
        String text = number.major() + ":" + number.minor();
        Files.writeString(directory(path).resolve("dev"), text + "\n");
        property(path, "DEVNAME", devname);
        link(sys.resolve("dev/char").resolve(text), directory(path));
        return inDev(devname, standIn);
    }

    FakeTree inDev(String devname, String standIn) throws IOException {
        Path entry = dev.resolve(devname);
        Files.createDirectories(entry.getParent());
        Files.createSymbolicLink(entry, Path.of(standIn));
        return this;
    }

    /** A USB device; the last part of the path is its port. */
    FakeTree usb(String path, String vendor, String product, String serial) throws IOException {
        String port = Path.of(path).getFileName().toString();
        String bus = port.startsWith("usb") ? port.substring(3) : port.substring(0, port.indexOf('-'));
        device(path, "idVendor=" + vendor, "idProduct=" + product, "bDeviceClass=00", "busnum=" + bus);
        if (serial != null) {
            device(path, "serial=" + serial);
        }
        property(path, "DEVTYPE", "usb_device");
        return onBus(path, "usb");
    }

    /** A hub or root hub. */
    FakeTree hub(String path) throws IOException {
        return usb(path, "1d6b", "0002", "0000:00:14.0").device(path, "bDeviceClass=09", "devnum=1");
    }

    /** The bus node of a USB device. */
    FakeTree busNode(String path, int number, String standIn) throws IOException {
        device(path, "devnum=" + number);
        String bus = Files.readString(directory(path).resolve("busnum")).strip();
        return node(path, "usb", "bus/usb/%03d/%03d".formatted(Integer.parseInt(bus), number), standIn);
    }

    /** An interface of a USB device with a driver. */
    FakeTree usbInterface(String path, String driver) throws IOException {
        device(path).property(path, "DEVTYPE", "usb_interface").onBus(path, "usb");
        return driver == null ? this : driver(path, "usb", driver);
    }

    /** An FTDI adapter with one port for each stand-in; its nodes are called ttyUSB0 and so on, from {@code first}. */
    FakeTree ftdi(String path, String serial, int first, String... standIns) throws IOException {
        usb(path, "0403", "6001", serial);
        for (int i = 0; i < standIns.length; i++) {
            String part = path + "/" + Path.of(path).getFileName() + ":1." + i;
            usbInterface(part, "ftdi_sio");
            String name = "ttyUSB" + (first + i);
            node(part + "/" + name + "/tty/" + name, "tty", name, standIns[i]);
        }
        return this;
    }

    /** A PCI function; the last part of the path is its address. */
    FakeTree pci(String path, String vendor, String deviceId, String classCode) throws IOException {
        device(path, "vendor=0x" + vendor, "device=0x" + deviceId, "class=" + classCode, "revision=0x05");
        device(path, "subsystem_vendor=0x1028", "subsystem_device=0x0001", "numa_node=-1");
        return onBus(path, "pci");
    }

    FakeTree iommuGroup(String path, int group) throws IOException {
        Path home = Files.createDirectories(sys.resolve("kernel/iommu_groups/" + group));
        link(directory(path).resolve("iommu_group"), home);
        return this;
    }

    /** Takes a device away, and everything below it, with all nodes and links. */
    void remove(String path) throws IOException {
        Path directory = directory(path);
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                if (each.endsWith("uevent")) {
                    removeNode(each);
                }
                Files.delete(each);
            }
        }
        try (Stream<Path> all = Files.walk(sys)) {
            all.filter(each -> Files.isSymbolicLink(each) && !Files.exists(each))
                    .forEach(FakeTree::delete);
        }
    }

    Path directory(String path) {
        return sys.resolve("devices").resolve(path);
    }

    /** Number of a node of this machine. */
    static NodeNumber number(String node) {
        return new NodeReader(Path.of("/dev"), each -> Optional.empty())
                .read(RESOURCE, Path.of(node), new HashSet<>())
                .orElseThrow()
                .hardware()
                .nodes()
                .get(0)
                .number();
    }

    private void removeNode(Path uevent) throws IOException {
        for (String line : Files.readAllLines(uevent)) {
            if (line.startsWith("DEVNAME=")) {
                Files.deleteIfExists(dev.resolve(line.substring("DEVNAME=".length())));
            }
        }
    }

    private static void link(Path link, Path target) throws IOException {
        Files.createDirectories(link.getParent());
        Files.createDirectories(target);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, link.getParent().relativize(target));
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
