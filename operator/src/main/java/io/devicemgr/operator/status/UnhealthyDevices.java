package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.UnhealthyDevice;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Wording;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The devices that cannot be handed out: first those that a pod holds, and of these the longest unhealthy. */
final class UnhealthyDevices {
    private static final Comparator<UnhealthyDevice> WORST_FIRST = Comparator.comparing(
                    (UnhealthyDevice device) -> device.heldBy() == null)
            .thenComparing(device -> Timestamps.parse(device.since()))
            .thenComparing(UnhealthyDevice::node)
            .thenComparing(UnhealthyDevice::resource)
            .thenComparing(UnhealthyDevice::id);

    private UnhealthyDevices() {}

    static List<UnhealthyDevice> of(Fleet fleet) {
        return fleet.nodes().stream()
                .flatMap(node -> node.devices().stream()
                        .filter(device -> device.health() != DeviceHealth.Healthy)
                        .map(device -> entry(node.name(), device)))
                .sorted(WORST_FIRST)
                .toList();
    }

    /** The reason in words, of which an agent that is newer than the operator may have more. */
    static String why(UnhealthyDevice device) {
        return device.reason() == null
                ? Objects.requireNonNullElse(device.message(), "for a reason that this release does not know")
                : device.reason().name();
    }

    private static UnhealthyDevice entry(String node, Device device) {
        return new UnhealthyDevice(
                node,
                Objects.requireNonNullElse(device.resource(), ""),
                Objects.requireNonNullElse(device.id(), ""),
                device.paths().isEmpty()
                        ? Objects.requireNonNullElse(device.id(), "")
                        : device.paths().get(0),
                device.reason(),
                device.message() == null ? null : Wording.ends(device.message(), PodTrouble.LENGTH),
                device.since(),
                heldBy(device));
    }

    private static String heldBy(Device device) {
        List<String> pods = device.allocatedTo().stream()
                .map(holder -> holder.namespace() + "/" + holder.pod())
                .distinct()
                .sorted()
                .toList();
        return pods.isEmpty() ? null : Wording.names(pods);
    }
}
