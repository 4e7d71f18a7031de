package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.device.Inventory;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import java.util.Set;
import java.util.stream.Collectors;

/** The kubelet's view of the inventory: a list of ids with their health. */
final class DeviceLists {
    /** Contract rule 42: the kubelet compares exactly. */
    private static final String HEALTHY = "Healthy";

    private static final String UNHEALTHY = "Unhealthy";

    private DeviceLists() {}

    /** The full list of one resource (contract rule 40). Topology stays unset as long as it is not known (rule 54). */
    static ListAndWatchResponse of(Inventory inventory, String resource) {
        ListAndWatchResponse.Builder list = ListAndWatchResponse.newBuilder();
        for (var device : inventory.of(resource)) {
            list.addDevices(Device.newBuilder()
                    .setID(device.id().value())
                    .setHealth(device.health().isHealthy() ? HEALTHY : UNHEALTHY));
        }
        return list.build();
    }

    /** The ids that the kubelet may hand out after it has taken the list. */
    static Set<String> healthyIds(ListAndWatchResponse list) {
        return list.getDevicesList().stream()
                .filter(device -> device.getHealth().equals(HEALTHY))
                .map(device -> device.getID())
                .collect(Collectors.toSet());
    }
}
