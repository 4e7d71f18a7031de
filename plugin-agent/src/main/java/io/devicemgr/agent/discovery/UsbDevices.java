package io.devicemgr.agent.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All USB devices of the node at one moment. A device is known by its serial number, wherever it is plugged in; one that has none,
 * or has the same as another of its model, is known by its port.
 */
record UsbDevices(List<UsbDevice> all, Set<String> ambiguous) {

    static UsbDevices of(List<UsbDevice> all) {
        Set<String> ambiguous = all.stream()
                .filter(device -> device.serial() != null)
                .collect(Collectors.groupingBy(UsbDevice::identity, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return new UsbDevices(all, ambiguous);
    }

    /** What the device is found again by. */
    String key(UsbDevice device) {
        return isKnownBySerial(device) ? device.identity() : device.atPort();
    }

    /** Readable text for the id. */
    String name(UsbDevice device) {
        return device.idStem()
                + (isKnownBySerial(device)
                        ? "-" + device.serial()
                        : "-port-" + device.device().name());
    }

    /** Whether it has a serial number that another device of its model has too. */
    boolean isAmbiguous(UsbDevice device) {
        return ambiguous.contains(device.identity());
    }

    /** Directories of all devices. */
    Set<Path> directories() {
        return all.stream().map(each -> each.device().directory()).collect(Collectors.toSet());
    }

    private boolean isKnownBySerial(UsbDevice device) {
        return device.serial() != null && !isAmbiguous(device);
    }
}
