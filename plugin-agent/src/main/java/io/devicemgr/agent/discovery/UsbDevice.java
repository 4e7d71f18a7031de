package io.devicemgr.agent.discovery;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A USB device as its descriptors tell.
 *
 * @param device its directory in sysfs; the name is the port: bus, '-', and the port of each hub on the way
 * @param vendor vendor id, four hexadecimal digits in lower case
 * @param product product id, likewise
 * @param serial serial number, or null
 * @param deviceClass device class, two hexadecimal digits; 09 is a hub
 * @param node path of the bus node below /dev, or null when it is not known
 */
record UsbDevice(SysfsDevice device, String vendor, String product, String serial, String deviceClass, String node) {
    private static final Pattern NAME = Pattern.compile("usb\\d+|\\d+-\\d+(\\.\\d+)*");

    /** Whether a directory has the name of a USB device, and not of an interface or of something else. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Reads the descriptors; nothing when the directory is not a USB device's. */
    static Optional<UsbDevice> read(SysfsDevice device) {
        if (!isName(device.name())) {
            return Optional.empty();
        }
        Optional<String> vendor = device.attribute("idVendor");
        Optional<String> product = device.attribute("idProduct");
        if (vendor.isEmpty() || product.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new UsbDevice(
                device,
                vendor.get().toLowerCase(),
                product.get().toLowerCase(),
                device.attribute("serial").orElse(null),
                device.attribute("bDeviceClass").orElse(""),
                node(device)));
    }

    boolean isHub() {
        return deviceClass.equals("09");
    }

    /** What it is, whatever the port: another one of the same model is told apart by its serial number only. */
    String identity() {
        return serial == null ? model() : model() + " serial " + serial;
    }

    /** What is plugged into this port. */
    String atPort() {
        return model() + " at port " + device.name();
    }

    /** Begin of a device id. */
    String idStem() {
        return "usb-" + vendor + "-" + product;
    }

    private String model() {
        return "USB device " + vendor + ":" + product;
    }

    private static String node(SysfsDevice device) {
        Optional<String> bus = device.attribute("busnum").filter(text -> text.matches("\\d{1,3}"));
        Optional<String> number = device.attribute("devnum").filter(text -> text.matches("\\d{1,3}"));
        return bus.isEmpty() || number.isEmpty()
                ? null
                : "bus/usb/%03d/%03d".formatted(Integer.parseInt(bus.get()), Integer.parseInt(number.get()));
    }
}
