package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Pure: the inventory before and one look at the device tree give the inventory after. A device is found again by its key;
 * once listed it stays, and is unhealthy while its place does not hold what it held, until nobody can hold it any more.
 */
final class InventoryUpdate {
    private final TrackingRules rules;
    private final Instant now;
    private final Set<DeviceId> free;
    private final Map<Place, Sighting> places = new LinkedHashMap<>();
    private final Map<Place, Sighting> hardware = new HashMap<>();
    private final Map<Place, Set<String>> paths = new HashMap<>();
    private final Map<Object, Device> owners = new HashMap<>();
    private final Set<Place> known = new HashSet<>();
    private final Set<DeviceId> ids = new HashSet<>();
    private final List<Device> devices = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();

    private InventoryUpdate(TrackingRules rules, Scan scan, Instant now, Set<DeviceId> free) {
        this.rules = rules;
        this.now = now;
        this.free = free;
        for (Sighting sighting : scan.sightings()) {
            // Of two selectors that see the same place, the one that sees a device is right.
            places.merge(
                    new Place(sighting.resource(), sighting.key()),
                    sighting,
                    (before, next) -> before.isDevice() ? before : next.isDevice() ? next : before);
        }
        places.values().stream().filter(Sighting::isDevice).forEach(this::index);
    }

    private void index(Sighting sighting) {
        String resource = sighting.resource();
        Hardware seen = sighting.hardware();
        hardware.putIfAbsent(new Place(resource, Same.of(seen)), sighting);
        seen.claims()
                .forEach(claim -> paths.computeIfAbsent(new Place(resource, claim), key -> new LinkedHashSet<>())
                        .addAll(seen.paths()));
    }

    /**
     * The inventory after a look.
     *
     * @param free unhealthy devices that nobody holds: other hardware in their place may take over, and what is gone may be dropped
     */
    static Inventory apply(Inventory before, Scan scan, TrackingRules rules, Instant now, Set<DeviceId> free) {
        InventoryUpdate update = new InventoryUpdate(rules, scan, now, free);
        before.devices().forEach(device -> update.ids.add(device.id()));
        // Who was there keeps what two claim.
        before.devices().stream()
                .sorted(Comparator.comparing(device -> !device.presence().isHealthy()))
                .forEach(update::judge);
        update.places.values().stream().filter(Sighting::isDevice).forEach(update::addIfNew);
        update.devices.sort(Comparator.comparing(Device::resource).thenComparing(Device::id));
        return new Inventory(before.version(), update.devices, scan.unmatched(), update.conflicts);
    }

    private void judge(Device device) {
        Sighting sighting =
                places.get(new Place(device.resource(), device.hardware().key()));
        if (sighting == null) {
            sighting = underAnotherKey(device);
        }
        if (sighting == null && isForgotten(device)) {
            ids.remove(device.id());
            return;
        }
        Device judged = judged(device, sighting);
        if (judged.presence().isHealthy()) {
            own(judged);
        }
        known.add(new Place(device.resource(), judged.hardware().key()));
        if (judged.hardware().isKnownByPath()) {
            judged.paths().forEach(path -> known.add(new Place(device.resource(), path)));
        }
        devices.add(judged);
    }

    /**
     * The device where only the words have changed by which it is found, for example because a second one with the same serial
     * number has come: it goes on under its id.
     */
    private Sighting underAnotherKey(Device device) {
        return device.hardware().sysfsPath() == null
                ? null
                : hardware.get(new Place(device.resource(), Same.of(device.hardware())));
    }

    private boolean isForgotten(Device device) {
        return device.presence().reason() == Reason.MISSING
                && free.contains(device.id())
                && !device.presence().since().plus(rules.forgetAfter()).isAfter(now);
    }

    private Device judged(Device device, Sighting sighting) {
        String place = device.hardware().key();
        if (sighting == null) {
            return absent(device, Reason.MISSING, place + " is not there");
        }
        if (!sighting.isDevice()) {
            return absent(device, sighting.problem(), sighting.message());
        }
        Hardware seen = sighting.hardware();
        Device owner = seen.claims().stream()
                .map(owners::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (owner != null) {
            return absent(
                    device,
                    Reason.REPLACED,
                    place + " is now the same " + seen.numbers() + " as device " + owner.id() + " of "
                            + owner.resource());
        }
        boolean adopts = !device.presence().isHealthy() && free.contains(device.id());
        if (!seen.identity().equals(device.hardware().identity()) && !adopts) {
            return absent(
                    device,
                    Reason.REPLACED,
                    place + " is now " + seen.identity() + "; it was "
                            + device.hardware().identity() + ", and a container may still hold that");
        }
        if (!seen.keepsNodesOf(device.hardware()) && !adopts && !rules.renewed().contains(device.resource())) {
            return absent(
                    device,
                    Reason.RENUMBERED,
                    place + " is back as " + seen.numbers() + "; it was "
                            + device.hardware().numbers() + ", and a container may still hold that: restart its pod");
        }
        return present(device, seen);
    }

    private Device absent(Device device, Reason reason, String message) {
        return device.withPresence(Health.unhealthy(reason, message, now));
    }

    private Device present(Device device, Hardware seen) {
        // Probes may have come or gone with new settings.
        boolean probed = device.probe() != null && rules.probed().contains(device.resource());
        boolean stays = device.presence().isHealthy();
        Health presence = Health.present(now).after(device.presence());
        Health probe = stays && probed ? device.probe() : unprobed(device.resource());
        return new Device(device.resource(), device.id(), withAllPaths(device.resource(), seen), presence, probe);
    }

    private Health unprobed(String resource) {
        return rules.probed().contains(resource)
                ? Health.unhealthy(Reason.UNPROBED, "the probes have not ended yet", now)
                : null;
    }

    private void addIfNew(Sighting sighting) {
        String resource = sighting.resource();
        Hardware seen = sighting.hardware();
        Device owner = seen.claims().stream()
                .map(owners::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (owner != null && !owner.resource().equals(resource)) {
            conflicts.add(new Conflict(resource, seen.key(), owner.resource(), owner.id()));
        } else if (owner == null && !isKnown(resource, seen)) {
            DeviceId id = DeviceId.of(seen.name(), seen.key(), resource, ids::contains);
            Device added =
                    new Device(resource, id, withAllPaths(resource, seen), Health.present(now), unprobed(resource));
            ids.add(id);
            own(added);
            devices.add(added);
        }
    }

    /** Whether the place, or another path to what is there, belongs to a device already. */
    private boolean isKnown(String resource, Hardware seen) {
        return known.contains(new Place(resource, seen.key()))
                || seen.isKnownByPath()
                        && allPaths(resource, seen).stream()
                                .anyMatch(path -> known.contains(new Place(resource, path)));
    }

    private void own(Device device) {
        device.hardware().claims().forEach(claim -> owners.put(claim, device));
    }

    private Hardware withAllPaths(String resource, Hardware seen) {
        return seen.withPaths(List.copyOf(allPaths(resource, seen)));
    }

    /** All paths of the resource that lead to the same hardware, its own first. */
    private Set<String> allPaths(String resource, Hardware seen) {
        Set<String> all = new LinkedHashSet<>(seen.paths());
        seen.claims().forEach(claim -> all.addAll(paths.getOrDefault(new Place(resource, claim), Set.of())));
        return all;
    }

    /** Something within one resource: a key, a path, or a claim. */
    private record Place(String resource, Object what) {}

    /** What two sightings of the very same thing have in common, whatever it is found by. */
    private record Same(String identity, List<DeviceNode> nodes, String sysfsPath) {
        static Same of(Hardware hardware) {
            return new Same(hardware.identity(), hardware.nodes(), hardware.sysfsPath());
        }
    }
}
