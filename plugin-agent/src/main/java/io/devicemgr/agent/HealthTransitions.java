package io.devicemgr.agent;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.runtime.Metrics;
import java.util.HashMap;
import java.util.Map;

/** Counts changes of health from one inventory to the next, whoever caused them. A device that is new has changed nothing. */
final class HealthTransitions {
    private final Metrics metrics;
    private final Map<Key, Boolean> before = new HashMap<>();
    private long version;

    HealthTransitions(Metrics metrics) {
        this.metrics = metrics;
    }

    /** An inventory that is older than the one before is ignored. */
    synchronized void look(Inventory now) {
        if (now.version() <= version) {
            return;
        }
        version = now.version();
        now.devices().forEach(this::look);
        if (before.size() > now.devices().size()) {
            before.keySet().retainAll(now.devices().stream().map(Key::of).toList());
        }
    }

    private void look(Device device) {
        boolean healthy = device.health().isHealthy();
        Boolean was = before.put(Key.of(device), healthy);
        if (was != null && was != healthy) {
            metrics.healthChanged(
                    device.resource(),
                    word(was),
                    word(healthy),
                    device.health().reason().reported());
        }
    }

    private static String word(boolean healthy) {
        return healthy ? "Healthy" : "Unhealthy";
    }

    private record Key(String resource, DeviceId id) {
        static Key of(Device device) {
            return new Key(device.resource(), device.id());
        }
    }
}
