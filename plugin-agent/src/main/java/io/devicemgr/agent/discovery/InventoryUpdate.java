package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import io.devicemgr.agent.device.NodeNumber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pure: the inventory before and one look at the device tree give the inventory after. A device is known by its first path
 * and its number; once listed it stays, and is unhealthy while that path does not hold that number.
 */
final class InventoryUpdate {
    private final Scan scan;
    private final Instant now;
    private final Set<DeviceId> adoptable;
    private final Map<Place, Sighting> places = new LinkedHashMap<>();
    private final Map<Place, List<String>> paths = new LinkedHashMap<>();
    private final Map<NodeNumber, Device> owners = new HashMap<>();
    private final List<Device> devices = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();

    private InventoryUpdate(Scan scan, Instant now, Set<DeviceId> adoptable) {
        this.scan = scan;
        this.now = now;
        this.adoptable = adoptable;
        for (Sighting sighting : scan.sightings()) {
            boolean first = places.putIfAbsent(new Place(sighting.resource(), sighting.path()), sighting) == null;
            if (first && sighting.isDevice()) {
                paths.computeIfAbsent(new Place(sighting.resource(), sighting.number()), key -> new ArrayList<>())
                        .add(sighting.path());
            }
        }
    }

    /**
     * The inventory after a look.
     *
     * @param adoptable devices that nobody holds, so that another device under their path may take their place
     */
    static Inventory apply(Inventory before, Scan scan, Instant now, Set<DeviceId> adoptable) {
        InventoryUpdate update = new InventoryUpdate(scan, now, adoptable);
        // Who was healthy keeps a number that two claim.
        before.devices().stream()
                .sorted(Comparator.comparing(device -> !device.health().isHealthy()))
                .forEach(update::judge);
        scan.sightings().stream().filter(Sighting::isDevice).forEach(update::addIfNew);
        update.devices.sort(Comparator.comparing(Device::resource).thenComparing(Device::id));
        return new Inventory(before.version(), update.devices, scan.unmatched(), update.conflicts);
    }

    private void judge(Device device) {
        Sighting sighting = places.get(new Place(device.resource(), device.path()));
        Device judged = judged(device, sighting);
        if (judged.health().isHealthy()) {
            owners.put(judged.number(), judged);
        }
        devices.add(judged);
    }

    private Device judged(Device device, Sighting sighting) {
        String path = device.path();
        if (sighting == null) {
            return device.with(Health.unhealthy(Reason.MISSING, path + " is not there", now));
        }
        if (!sighting.isDevice()) {
            return device.with(Health.unhealthy(sighting.problem(), problem(path, sighting.problem()), now));
        }
        if (owners.containsKey(sighting.number())) {
            Device owner = owners.get(sighting.number());
            String message = path + " is now the same " + sighting.number() + " as device " + owner.id() + " of "
                    + owner.resource();
            return device.with(Health.unhealthy(Reason.REPLACED, message, now));
        }
        boolean adopts = !device.health().isHealthy() && adoptable.contains(device.id());
        if (!sighting.number().equals(device.number()) && !adopts) {
            String message = path + " is now " + sighting.number() + "; it was " + device.number()
                    + ", and a container may still hold that";
            return device.with(Health.unhealthy(Reason.REPLACED, message, now));
        }
        return present(device, sighting);
    }

    private Device present(Device device, Sighting sighting) {
        return new Device(
                device.resource(),
                device.id(),
                sighting.number(),
                pathsOf(sighting),
                sighting.hostPath(),
                Health.present(now).after(device.health()));
    }

    private void addIfNew(Sighting sighting) {
        String resource = sighting.resource();
        Device owner = owners.get(sighting.number());
        boolean known = devices.stream()
                .anyMatch(device ->
                        device.resource().equals(resource) && pathsOf(sighting).contains(device.path()));
        if (owner != null && !owner.resource().equals(resource)) {
            conflicts.add(new Conflict(resource, sighting.path(), owner.resource(), owner.id()));
        } else if (owner == null && !known) {
            DeviceId id = DeviceId.of(sighting.path(), resource, this::taken);
            Device added = new Device(
                    resource, id, sighting.number(), pathsOf(sighting), sighting.hostPath(), Health.present(now));
            owners.put(sighting.number(), added);
            devices.add(added);
        }
    }

    /** All paths of the resource that lead to the same device, the one of the sighting first. */
    private List<String> pathsOf(Sighting sighting) {
        List<String> all = new ArrayList<>(List.of(sighting.path()));
        paths.get(new Place(sighting.resource(), sighting.number())).stream()
                .filter(path -> !path.equals(sighting.path()))
                .forEach(all::add);
        return all;
    }

    private boolean taken(DeviceId id) {
        return devices.stream().anyMatch(device -> device.id().equals(id));
    }

    private static String problem(String path, Reason reason) {
        return reason == Reason.PERMISSION_DENIED
                ? "the agent may not look at " + path + "; it must run privileged"
                : path + " is not a device node";
    }

    /** Something within one resource: a path or a device number. */
    private record Place(String resource, Object what) {}
}
