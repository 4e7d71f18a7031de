package io.devicemgr.agent.discovery;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A PCI function as its configuration tells.
 *
 * @param device its directory in sysfs; the name is the address with domain
 * @param vendor vendor id, four hexadecimal digits in lower case
 * @param deviceId device id, likewise
 * @param subsystem vendor and device id of the board, or an empty text
 * @param revision revision, two hexadecimal digits, or an empty text
 * @param classCode class code, six hexadecimal digits after 0x, in lower case
 */
record PciFunction(
        SysfsDevice device, String vendor, String deviceId, String subsystem, String revision, String classCode) {
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");

    /** Whether a directory has the name of a PCI function. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Reads the configuration; nothing when the directory is not a PCI function's. */
    static Optional<PciFunction> read(SysfsDevice device) {
        String vendor = digits(device, "vendor");
        String deviceId = digits(device, "device");
        if (!isName(device.name()) || vendor.isEmpty() || deviceId.isEmpty()) {
            return Optional.empty();
        }
        String board = digits(device, "subsystem_vendor") + ":" + digits(device, "subsystem_device");
        return Optional.of(new PciFunction(
                device,
                vendor,
                deviceId,
                board.length() > 1 ? board : "",
                digits(device, "revision"),
                device.attribute("class").orElse("").toLowerCase()));
    }

    String address() {
        return device.name();
    }

    /** What the function is found again by. */
    String key() {
        return "PCI function " + address();
    }

    /** What it is, whatever the address; the driver is no part of it. */
    String identity() {
        return "PCI function " + vendor + ":" + deviceId + (subsystem.isEmpty() ? "" : ", subsystem " + subsystem)
                + (revision.isEmpty() ? "" : ", revision " + revision);
    }

    /** Readable text for the id. */
    String name() {
        return "pci-" + address();
    }

    /** Kernel driver that is bound to it now. */
    Optional<String> driver() {
        return device.linked("driver");
    }

    /** Number of its IOMMU group, if it has one. */
    Optional<String> iommuGroup() {
        return device.linked("iommu_group").filter(group -> group.matches("\\d+"));
    }

    private static String digits(SysfsDevice device, String attribute) {
        return device.attribute(attribute)
                .map(text -> text.toLowerCase().replaceFirst("^0x", ""))
                .orElse("");
    }
}
