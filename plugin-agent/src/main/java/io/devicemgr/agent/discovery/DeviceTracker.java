package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the inventory true: looks once at start, and again whenever a directory that matters has changed. */
public final class DeviceTracker {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTracker.class);

    private final DeviceScanner scanner;
    private final TrackingRules rules;
    private final InventoryStore store;
    private final Clock clock;
    private final DirectoryWatch.Subscription subscription;

    public DeviceTracker(
            DeviceScanner scanner,
            List<DeviceResource> resources,
            InventoryStore store,
            DirectoryWatch watch,
            Clock clock) {
        this.scanner = scanner;
        this.rules = TrackingRules.of(resources);
        this.store = store;
        this.clock = clock;
        this.subscription = watch.subscribe(this::look);
    }

    /** Looks at the device tree and brings the inventory up to date. */
    public void look() {
        look(Set.of());
    }

    /** As {@link #look()}; an unhealthy device that nobody holds takes over what stands in its place, or is dropped. */
    public void look(Set<DeviceId> heldByNobody) {
        look(System.nanoTime(), heldByNobody);
    }

    private synchronized void look(long noticed, Set<DeviceId> heldByNobody) {
        Scan scan;
        do {
            scan = scanner.scan();
            apply(noticed, scan, heldByNobody);
            // What came or went before the watch was set has made no event.
        } while (subscription.watch(scan.directories()));
    }

    private void apply(long noticed, Scan scan, Set<DeviceId> heldByNobody) {
        Inventory before = store.current();
        Inventory after = store.update(
                noticed, inventory -> InventoryUpdate.apply(inventory, scan, rules, clock.instant(), heldByNobody));
        if (after != before) {
            log(before, after);
        }
    }

    private static void log(Inventory before, Inventory after) {
        Map<DeviceId, Device> known =
                before.devices().stream().collect(Collectors.toMap(Device::id, Function.identity()));
        for (Device device : after.devices()) {
            Device old = known.get(device.id());
            if (old == null) {
                LOG.info(
                        "{}: found device {} at {} ({})",
                        device.resource(),
                        device.id(),
                        device.paths(),
                        device.hardware().identity());
            } else if (old.health().reason() != device.health().reason()) {
                LOG.info(
                        "{}: device {} is {} {}",
                        device.resource(),
                        device.id(),
                        device.health().reason().reported(),
                        device.health().message());
            }
        }
        List<Conflict> old = before.conflicts();
        after.conflicts().stream()
                .filter(conflict -> !old.contains(conflict))
                .forEach(conflict -> LOG.warn("{}: {}", conflict.resource(), conflict.message()));
    }
}
