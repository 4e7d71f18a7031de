package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.allocation.DeviceTable;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import io.devicemgr.proto.deviceplugin.v1beta1.TopologyInfo;
import java.util.Set;
import java.util.stream.Collectors;

/** The kubelet's view of the inventory: a list of ids with their health and NUMA node. */
final class DeviceLists {
    /** Contract rule 42: the kubelet compares exactly. */
    private static final String HEALTHY = "Healthy";

    private static final String UNHEALTHY = "Unhealthy";

    private static final int MAX_NUMA_NODE = 63;

    private DeviceLists() {}

    /**
     * The full list of one resource (contract rule 40): each device as often as it is shared.
     *
     * @param held ids that containers hold; those that are not offered any more, such as after a change of the sharing, stay on
     *     the list as unhealthy (rule 48), and each of them makes one free id of its device unhealthy, so that no device has more
     *     holders than it may have
     */
    static ListAndWatchResponse of(DeviceTable table, Allocator allocator, Held held) {
        ListAndWatchResponse.Builder list = ListAndWatchResponse.newBuilder();
        Remains remains = new Remains(table, allocator, held);
        boolean placed = placed(table) && remains.placed();
        for (var device : table.devices()) {
            Device.Builder entry = Device.newBuilder();
            if (placed) {
                entry.setTopology(topology(device.hardware().numaNode()));
            }
            boolean offered = allocator.offers(device);
            Set<String> barred = offered ? remains.barred(device) : Set.of();
            allocator
                    .replicas()
                    .of(device.id().value())
                    .forEach(id -> list.addDevices(
                            entry.setID(id).setHealth(offered && !barred.contains(id) ? HEALTHY : UNHEALTHY)));
        }
        for (String id : remains.ids()) {
            Device.Builder entry = Device.newBuilder().setID(id).setHealth(UNHEALTHY);
            if (placed) {
                entry.setTopology(topology(remains.node(id)));
            }
            list.addDevices(entry);
        }
        return list.build();
    }

    /** How many ids {@link #of} lists as healthy. */
    static int healthyCount(DeviceTable table, Allocator allocator, Held held) {
        Remains remains = new Remains(table, allocator, held);
        return table.devices().stream()
                .filter(allocator::offers)
                .mapToInt(device ->
                        allocator.replicas().count() - remains.barred(device).size())
                .sum();
    }

    /** The ids that the kubelet may hand out after it has taken the list. */
    static Set<String> healthyIds(ListAndWatchResponse list) {
        return list.getDevicesList().stream()
                .filter(device -> device.getHealth().equals(HEALTHY))
                .map(device -> device.getID())
                .collect(Collectors.toSet());
    }

    /**
     * Whether the node of all devices is known, lost ones included. One device without a node would be handed out last
     * whatever its place (contract rule 56), so then none has topology, which leaves the field unset (rule 54).
     */
    private static boolean placed(DeviceTable table) {
        return table.devices().stream()
                .map(device -> device.hardware().numaNode())
                .allMatch(node -> node != null && isNode(node));
    }

    /** Whether the kubelet may be told of it (contract rule 55). */
    static boolean isNode(long node) {
        return node >= 0 && node <= MAX_NUMA_NODE;
    }

    /** Node 0 is an empty message on the wire, and counts (contract rule 57). */
    private static TopologyInfo topology(long node) {
        return TopologyInfo.newBuilder()
                .addNodes(NUMANode.newBuilder().setID(node))
                .build();
    }
}
