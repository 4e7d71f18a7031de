package io.devicemgr.agent.report;

import io.devicemgr.agent.device.Device;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many devices one resource has.
 *
 * @param allocated how many are held by containers
 */
public record DeviceTally(int devices, int healthy, int allocated) {
    /** A resource without devices. */
    public static final DeviceTally NONE = new DeviceTally(0, 0, 0);

    /** Counts the devices of each resource that has any. */
    public static Map<String, DeviceTally> byResource(Situation situation) {
        Map<String, DeviceTally> tallies = new TreeMap<>();
        for (Device device : situation.inventory().devices()) {
            boolean held = !situation.holders().apply(device).isEmpty();
            tallies.merge(
                    device.resource(),
                    new DeviceTally(1, device.health().isHealthy() ? 1 : 0, held ? 1 : 0),
                    DeviceTally::plus);
        }
        return tallies;
    }

    private DeviceTally plus(DeviceTally other) {
        return new DeviceTally(devices + other.devices, healthy + other.healthy, allocated + other.allocated);
    }
}
