package io.devicemgr.agent;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.runtime.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts changes of health from one inventory to the next, whoever caused them. A device that is new has changed nothing. Remembers when each
 * device was lost in the last hour, since a sum over many devices does not tell one that flaps from many that went once.
 */
final class HealthTransitions {
    private static final Duration MEMORY = Duration.ofHours(1);
    /** More of one device in an hour makes no difference to anybody. */
    private static final int MOST = 100;

    private final Metrics metrics;
    private final InstantSource clock;
    private final Map<Key, Boolean> before = new HashMap<>();
    private final Map<Key, Deque<Instant>> losses = new HashMap<>();
    private long version;

    HealthTransitions(Metrics metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
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
            losses.keySet().retainAll(before.keySet());
        }
    }

    /** How often the device of a resource that was lost most often in the last hour was; nothing for a resource without losses. */
    synchronized Map<String, Integer> mostLosses() {
        Instant past = clock.instant().minus(MEMORY);
        losses.values().forEach(times -> times.removeIf(time -> time.isBefore(past)));
        losses.values().removeIf(Deque::isEmpty);
        Map<String, Integer> most = new HashMap<>();
        losses.forEach((key, times) -> most.merge(key.resource(), times.size(), Math::max));
        return most;
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
            if (!healthy) {
                lost(Key.of(device));
            }
        }
    }

    private void lost(Key device) {
        Deque<Instant> times = losses.computeIfAbsent(device, key -> new ArrayDeque<>());
        times.add(clock.instant());
        if (times.size() > MOST) {
            times.remove();
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
