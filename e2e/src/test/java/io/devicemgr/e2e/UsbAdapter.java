package io.devicemgr.e2e;

import io.devicemgr.testkit.cluster.SimulatedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A serial adapter on USB as a node's /sys and /dev show it; a link to a node of this machine stands for its port. */
final class UsbAdapter {
    private static final String CONTROLLER = "/sys/devices/pci0000:00/0000:00:14.0/usb1";

    private final SimulatedNode node;
    private final String serial;

    UsbAdapter(SimulatedNode node, String serial) {
        this.node = node;
        this.serial = serial;
    }

    /** Directory of the adapter in sysfs. */
    Path directory(String port) {
        return node.hostPath(CONTROLLER + "/" + port);
    }

    void plug(String port, String name, String target) throws IOException {
        Path device = directory(port);
        Path part = device.resolve(port + ":1.0");
        Path tty = part.resolve(name + "/tty/" + name);
        Files.createDirectories(tty);
        write(device, "idVendor", "0403");
        write(device, "idProduct", "6001");
        write(device, "serial", serial);
        write(device, "busnum", "1");
        write(device, "devnum", "2");
        write(device, "bDeviceClass", "00");
        write(device, "uevent", "DEVTYPE=usb_device");
        write(part, "uevent", "DEVTYPE=usb_interface");
        write(tty, "uevent", "DEVNAME=" + name);
        write(tty, "dev", "188:0");
        for (Path each : List.of(device, part)) {
            link(each.resolve("subsystem"), node.hostPath("/sys/bus/usb"));
            link(node.hostPath("/sys/bus/usb/devices").resolve(each.getFileName()), each);
        }
        link(tty.resolve("subsystem"), node.hostPath("/sys/class/tty"));
        link(node.hostPath("/sys/class/tty").resolve(name), tty);
        node.devices().plug("/dev/" + name, Path.of(target));
    }

    void pull(String port, String name) throws IOException {
        Files.delete(node.hostPath("/sys/class/tty").resolve(name));
        Files.delete(node.hostPath("/sys/bus/usb/devices").resolve(port));
        Files.delete(node.hostPath("/sys/bus/usb/devices").resolve(port + ":1.0"));
        try (Stream<Path> all = Files.walk(directory(port))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
        node.devices().unplug("/dev/" + name);
    }

    private static void write(Path directory, String attribute, String value) throws IOException {
        Files.writeString(directory.resolve(attribute), value + "\n");
    }

    private static void link(Path link, Path target) throws IOException {
        Files.createDirectories(link.getParent());
        Files.createDirectories(target);
        Files.createSymbolicLink(link, link.getParent().toRealPath().relativize(target.toRealPath()));
    }
}
