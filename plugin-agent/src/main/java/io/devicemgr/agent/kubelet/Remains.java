package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.allocation.DeviceTable;
import io.devicemgr.agent.allocation.Replicas;
import io.devicemgr.agent.device.Device;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Ids that containers hold and that are not offered any more: the sharing has changed, or the device went while no agent ran. */
final class Remains {
    private final DeviceTable table;
    private final Allocator allocator;
    private final Held held;
    private final List<String> ids;
    private final Map<String, Long> countByDevice;
    private final Map<String, Long> nodes = new HashMap<>();

    Remains(DeviceTable table, Allocator allocator, Held held) {
        this.table = table;
        this.allocator = allocator;
        this.held = held;
        this.ids = held.ids().stream()
                .filter(id ->
                        allocator.replicas().deviceOf(id).flatMap(table::find).isEmpty())
                .sorted()
                .toList();
        this.countByDevice = ids.stream().collect(Collectors.groupingBy(Replicas::device, Collectors.counting()));
        ids.forEach(id -> known(id).ifPresent(node -> nodes.put(id, node)));
    }

    /** In order. */
    List<String> ids() {
        return ids;
    }

    /**
     * Whether the NUMA node of all of them is known. A kubelet that restarts would turn away the running pod that holds one
     * without a node, if the others have one and its topology policy is strict.
     */
    boolean placed() {
        return nodes.size() == ids.size();
    }

    /** NUMA node of one of them, if all are placed. */
    long node(String id) {
        return nodes.get(id);
    }

    /** Free ids of a device that must not be handed out, the last first: one for each of its ids of another sharing that is held. */
    Set<String> barred(Device device) {
        long count = countByDevice.getOrDefault(device.id().value(), 0L);
        Set<String> barred = new HashSet<>();
        List<String> offered =
                count == 0 ? List.of() : allocator.replicas().of(device.id().value());
        for (int i = offered.size() - 1; i >= 0 && barred.size() < count; i--) {
            if (!held.ids().contains(offered.get(i))) {
                barred.add(offered.get(i));
            }
        }
        return barred;
    }

    private Optional<Long> known(String id) {
        return table.find(Replicas.device(id))
                .map(device -> device.hardware().numaNode())
                .map(Integer::longValue)
                .or(() -> Optional.ofNullable(held.nodes().get(id)))
                .filter(DeviceLists::isNode);
    }
}
