package io.devicemgr.agent.discovery;

import java.util.Iterator;
import java.util.Optional;

/**
 * The hardware that a device of a kernel subsystem belongs to: the nearest USB device or PCI function above it.
 *
 * @param usb the USB device, or null
 * @param usbInterface number of its interface, or an empty text
 * @param pci the PCI function, or null
 */
record Origin(UsbDevice usb, String usbInterface, PciFunction pci) {

    /** The hardware of a device; nothing for a virtual one and for what is part of the board. */
    static Optional<Origin> of(SysfsDevice device) {
        String usbInterface = "";
        for (Iterator<SysfsDevice> each = device.upwards().iterator(); each.hasNext(); ) {
            SysfsDevice directory = each.next();
            String name = directory.name();
            if (name.matches("\\d+-[\\d.]+:\\d+\\.\\d+")) {
                usbInterface = name.substring(name.lastIndexOf('.') + 1);
            }
            Optional<UsbDevice> usb = UsbDevice.read(directory);
            if (usb.isPresent()) {
                return Optional.of(new Origin(usb.get(), usbInterface, null));
            }
            if (PciFunction.isName(name)) {
                return PciFunction.read(directory).map(function -> new Origin(null, "", function));
            }
        }
        return Optional.empty();
    }

    /** Directory of the hardware. */
    SysfsDevice device() {
        return usb != null ? usb.device() : pci.device();
    }

    /** What the hardware is found again by. */
    String key(UsbDevices all) {
        return usb != null ? all.key(usb) + interfaceText() : pci.key();
    }

    /** Readable text for ids. */
    String name(UsbDevices all) {
        return usb != null ? all.name(usb) + (usbInterface.isEmpty() ? "" : "-" + usbInterface) : pci.name();
    }

    /** What the hardware is, for a device that is found by something else than its hardware. */
    String identity() {
        if (pci != null) {
            return pci.identity() + " at " + pci.address();
        }
        return (usb.serial() == null ? usb.atPort() : usb.identity()) + interfaceText();
    }

    private String interfaceText() {
        return usbInterface.isEmpty() ? "" : ", interface " + usbInterface;
    }
}
