package io.devicemgr.agent.allocation;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Inventory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The devices of one resource in one inventory, found by their ids. Immutable. */
public final class DeviceTable {
    private final List<Device> devices;
    private final Map<String, Device> byId;

    /** The table of some devices; their ids differ. */
    public DeviceTable(List<Device> devices) {
        this.devices = List.copyOf(devices);
        this.byId = this.devices.stream()
                .collect(Collectors.toMap(device -> device.id().value(), Function.identity()));
    }

    /** In the order of the inventory. */
    public List<Device> devices() {
        return devices;
    }

    /** A device by its own id, not by that of a replica. */
    public Optional<Device> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Finds the table of the newest inventory, and makes it only once for each. */
    static final class Cache {
        private final String resource;
        private volatile Entry newest = new Entry(null, new DeviceTable(List.of()));

        private record Entry(Inventory inventory, DeviceTable table) {}

        Cache(String resource) {
            this.resource = resource;
        }

        DeviceTable of(Inventory inventory) {
            Entry known = newest;
            if (known.inventory() != inventory) {
                known = new Entry(inventory, new DeviceTable(inventory.of(resource)));
                newest = known;
            }
            return known.table();
        }
    }
}
