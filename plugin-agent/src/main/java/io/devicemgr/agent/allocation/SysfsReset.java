package io.devicemgr.agent.allocation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/** Finds the hardware behind a device in sysfs, and resets it there. */
final class SysfsReset {
    private static final String SYS = "/sys/";
    private static final Pattern PCI_FUNCTION = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]");
    private static final Pattern USB_DEVICE = Pattern.compile("[0-9]+-[0-9]+(\\.[0-9]+)*");

    private final Path sys;
    private final Attributes attributes;

    /** Writes what sysfs calls attributes; the kernel acts before a write returns. */
    @FunctionalInterface
    interface Attributes {
        void write(Path attribute, String value) throws IOException;
    }

    /** @param sys where the host's /sys is mounted */
    SysfsReset(Path sys) {
        this(sys, SysfsReset::write);
    }

    SysfsReset(Path sys, Attributes attributes) {
        this.sys = sys;
        this.attributes = attributes;
    }

    /**
     * Resets the PCI function that the device is, or is a part of.
     *
     * @param sysfsPath directory of the device, beginning with /sys/devices
     * @throws AllocationRefused when it is none or has no reset
     */
    void pciFunction(String device, String sysfsPath) throws AllocationRefused {
        Path function = behind(device, sysfsPath, "pci", PCI_FUNCTION, "PCI function", "PCIFunctionReset");
        Path reset = function.resolve("reset");
        if (!Files.exists(reset)) {
            throw new AllocationRefused(
                    "device '" + device + "' cannot be reset: PCI function " + function.getFileName()
                            + " has no reset file, so the kernel knows no way to reset it alone; set prepare.reset of the"
                            + " DevicePluginDeployment to None");
        }
        write(device, reset, "1");
    }

    /** The USB device that the device is, or is a part of. */
    Path usbDevice(String device, String sysfsPath) throws AllocationRefused {
        return behind(device, sysfsPath, "usb", USB_DEVICE, "USB device", "USBReset");
    }

    /** Takes the USB device away, or gives it back; the kernel then configures it anew. */
    void authorize(String device, Path usbDevice, boolean authorized) throws AllocationRefused {
        write(device, usbDevice.resolve("authorized"), authorized ? "1" : "0");
    }

    /** The nearest directory upwards of the bus; class devices such as drm/card0 belong to what they lie in. */
    private Path behind(String device, String sysfsPath, String bus, Pattern name, String kind, String reset)
            throws AllocationRefused {
        String wrong = "device '" + device + "' (" + sysfsPath + ") is no " + kind + ": change prepare.reset " + reset
                + " or discover of the DevicePluginDeployment";
        if (sysfsPath == null || !sysfsPath.startsWith(SYS)) {
            throw new AllocationRefused(wrong);
        }
        try {
            Path devices = sys.resolve("devices").toRealPath();
            Path directory = sys.resolve(sysfsPath.substring(SYS.length())).toRealPath();
            while (directory.startsWith(devices) && !directory.equals(devices)) {
                String found = busOf(directory);
                if (bus.equals(found)
                        && name.matcher(directory.getFileName().toString()).matches()) {
                    return directory;
                }
                // Above a device of another bus begins other hardware: a USB device lies in the PCI function of its
                // controller.
                if (found != null && (bus.equals("pci") || found.equals("pci"))) {
                    break;
                }
                directory = directory.getParent();
            }
            throw new AllocationRefused(wrong);
        } catch (NoSuchFileException e) {
            throw new AllocationRefused("device '" + device + "' cannot be reset: " + sysfsPath + " is not there");
        } catch (IOException e) {
            throw new AllocationRefused("device '" + device + "' cannot be reset: " + e);
        }
    }

    /** Name of the bus that a directory is a device of, or null for a class device or a directory in between. */
    private static String busOf(Path directory) throws IOException {
        Path link = directory.resolve("subsystem");
        if (!Files.isSymbolicLink(link)) {
            return null;
        }
        Path subsystem = Files.readSymbolicLink(link);
        boolean bus = subsystem.getNameCount() > 1 && subsystem.getParent().endsWith("bus");
        return bus ? subsystem.getFileName().toString() : null;
    }

    private void write(String device, Path attribute, String value) throws AllocationRefused {
        try {
            attributes.write(attribute, value);
        } catch (IOException e) {
            throw new AllocationRefused(
                    "device '" + device + "' cannot be reset: writing " + value + " to " + attribute + " failed: " + e
                            + "; see the kernel log of the node, and whether /sys is mounted writable in the agent");
        }
    }

    private static void write(Path attribute, String value) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(attribute, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
