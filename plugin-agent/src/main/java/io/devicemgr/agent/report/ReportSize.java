package io.devicemgr.agent.report;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Keeps the report below the 1.5 MiB that etcd takes for one object, with room for what the API server adds (managed fields). */
final class ReportSize {
    /** Devices that are listed at most. */
    static final int DEVICES = 2000;

    /** Devices of another resource that are named at most. */
    static final int CONFLICTS = 5;

    private static final int BYTES = 1_000_000;
    private static final int MESSAGE = 512;

    /** Field names, punctuation and the values of fixed length. */
    private static final int DEVICE = 300;

    private static final int HOLDER = 50;
    private static final int ESCAPED = 6;
    private static final int WIDE = 3;

    /** What somebody must look at first; then what changed last, which is what the operator waits for. */
    private static final Comparator<Device> FIRST = Comparator.comparing(
                    (Device device) -> device.health() == DeviceHealth.Healthy)
            .thenComparing(device -> device.allocatedTo().isEmpty())
            .thenComparing(Device::since, Comparator.reverseOrder());

    private ReportSize() {}

    /** As many devices as the report has room for, the unhealthy and the allocated first; in the order that they had. */
    static List<Device> bounded(List<Device> devices) {
        if (devices.size() <= DEVICES && size(devices) <= BYTES) {
            return devices;
        }
        Set<Device> listed = Collections.newSetFromMap(new IdentityHashMap<>());
        int room = BYTES;
        for (Device device : devices.stream().sorted(FIRST).limit(DEVICES).toList()) {
            room -= size(device);
            if (room < 0) {
                break;
            }
            listed.add(device);
        }
        return devices.stream().filter(listed::contains).toList();
    }

    /** A text that may come from anywhere, cut to a sane length. */
    static String shortened(String text) {
        return text.length() <= MESSAGE ? text : text.substring(0, MESSAGE - 1) + "…";
    }

    private static long size(List<Device> devices) {
        return devices.stream().mapToLong(ReportSize::size).sum();
    }

    private static int size(Device device) {
        int paths = device.paths().stream().mapToInt(path -> size(path) + 3).sum();
        int holders = device.allocatedTo().stream()
                .mapToInt(holder -> HOLDER + size(holder.namespace()) + size(holder.pod()) + size(holder.container()))
                .sum();
        return DEVICE
                + size(device.resource())
                + size(device.id())
                + paths
                + size(device.message())
                + size(device.sysfsPath())
                + holders;
    }

    /** The most that a text can take as JSON. */
    private static int size(String text) {
        return text == null
                ? 0
                : text.chars()
                        .map(each -> each < ' ' ? ESCAPED : each == '"' || each == '\\' ? 2 : each <= '~' ? 1 : WIDE)
                        .sum();
    }
}
