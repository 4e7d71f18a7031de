package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.ChangeSource;
import io.devicemgr.agent.runtime.ChangeSource.Subscription;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the inventory true: looks once at start, and again whenever something that matters has changed. */
public final class DeviceTracker {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTracker.class);

    private final DeviceScanner scanner;
    private final TrackingRules rules;
    private final InventoryStore store;
    private final Clock clock;
    private final Subscription<Path> directories;
    private final Subscription<String> subsystems;
    /** What has been said already; only {@link #look} uses it. */
    private Set<String> told = Set.of();

    /**
     * @param watch tells of directories below /dev
     * @param uevents tells of the kernel's subsystems, because sysfs makes no events of the file system
     */
    public DeviceTracker(
            DeviceScanner scanner,
            List<DeviceResource> resources,
            InventoryStore store,
            ChangeSource<Path> watch,
            ChangeSource<String> uevents,
            Clock clock) {
        this.scanner = scanner;
        this.rules = TrackingRules.of(resources);
        this.store = store;
        this.clock = clock;
        this.directories = watch.subscribe(this::look);
        this.subsystems = uevents.subscribe(this::look);
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
        boolean again;
        do {
            Scan scan = scanner.scan();
            apply(noticed, scan, heldByNobody);
            tell(scan);
            // What came or went before the watch was set has made no event.
            again = directories.watch(scan.directories()) | subsystems.watch(scan.subsystems());
        } while (again);
    }

    /** Says once what the inventory does not show. */
    private void tell(Scan scan) {
        Set<String> listed = store.current().devices().stream()
                .map(device -> device.hardware().key())
                .collect(Collectors.toSet());
        Set<String> texts = new LinkedHashSet<>(scan.warnings());
        scan.sightings().stream()
                .filter(sighting -> sighting.problem() == Reason.INCOMPLETE)
                .filter(sighting -> !listed.contains(sighting.key()))
                .forEach(sighting -> texts.add(sighting.resource() + ": " + sighting.message()));
        texts.stream().filter(text -> !told.contains(text)).forEach(LOG::warn);
        told = texts;
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
