package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Hardware;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Devices of a subsystem by attribute and property. One that has no node is counted and named. It is known by the hardware that
 * it belongs to and by its kind, so that it is found again under another number; without such hardware, by its name.
 */
final class SysfsScanner implements SelectorScanner {
    private final String resource;
    private final String subsystem;
    private final Map<String, NameMatch> attributes;
    private final Map<String, NameMatch> properties;

    SysfsScanner(String resource, SysfsSelector selector) {
        this.resource = resource;
        this.subsystem = selector.subsystem();
        this.attributes = matches(selector.attributes());
        this.properties = matches(selector.properties());
    }

    @Override
    public Finding look(Look look) throws AccessDeniedException {
        List<SysfsDevice> all = look.devicesOf(subsystem);
        Map<Path, List<SysfsDevice>> siblings = siblings(look, all);
        List<Sighting> found = new ArrayList<>();
        for (SysfsDevice device : all) {
            if (matches(device)) {
                found.add(sighting(look, device, siblings));
            }
        }
        String hint = look.sysfs().knows(subsystem)
                ? null
                : "there is neither /sys/class/" + subsystem + " nor /sys/bus/" + subsystem
                        + ": no driver of this node has made it, or the name is wrong";
        return new Finding(found, false, Set.of(), Set.of(subsystem), Set.of(), hint);
    }

    private boolean matches(SysfsDevice device) {
        for (Map.Entry<String, NameMatch> each : attributes.entrySet()) {
            if (device.attributeAt(each.getKey())
                    .filter(each.getValue()::matches)
                    .isEmpty()) {
                return false;
            }
        }
        for (Map.Entry<String, NameMatch> each : properties.entrySet()) {
            if (property(device, each.getKey()).filter(each.getValue()::matches).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Of the device, or of the nearest device that it belongs to and that has it. */
    private static Optional<String> property(SysfsDevice device, String name) {
        return device.upwards()
                .map(each -> Optional.ofNullable(each.properties().get(name)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Map<Path, List<SysfsDevice>> siblings(Look look, List<SysfsDevice> all) {
        Map<Path, List<SysfsDevice>> siblings = new HashMap<>();
        for (SysfsDevice device : all) {
            Origin origin = look.facts(device).origin();
            if (origin != null) {
                siblings.computeIfAbsent(origin.device().directory(), key -> new ArrayList<>())
                        .add(device);
            }
        }
        return siblings;
    }

    private Sighting sighting(Look look, SysfsDevice device, Map<Path, List<SysfsDevice>> siblings)
            throws AccessDeniedException {
        Look.Facts facts = look.facts(device);
        Exposure exposure = new Exposure();
        expose(look, device, facts, exposure);
        Place place = place(look, device, facts.origin(), siblings);
        return exposure.incomplete(resource, place.key)
                .findFirst()
                .orElseGet(() -> Sighting.of(
                        resource,
                        new Hardware(
                                place.key,
                                place.identity,
                                place.name,
                                exposure.nodes(),
                                exposure.paths(),
                                facts.sysfsPath(),
                                facts.numaNode())));
    }

    private void expose(Look look, SysfsDevice device, Look.Facts facts, Exposure exposure) {
        if (facts.nodeName() == null) {
            exposure.name(subsystem + " " + device.name());
        } else {
            look.node(device)
                    .ifPresentOrElse(
                            exposure::node,
                            () -> exposure.problem("has the node /dev/" + facts.nodeName()
                                    + ", but that is not in /dev: the agent must see the host's /dev"));
        }
    }

    private Place place(Look look, SysfsDevice device, Origin origin, Map<Path, List<SysfsDevice>> siblings)
            throws AccessDeniedException {
        if (origin == null) {
            String what = subsystem + " " + device.name();
            return new Place(what, what + " at " + device.hostPath(), subsystem + "-" + device.name());
        }
        UsbDevices usb = look.usb();
        String key = origin.key(usb);
        if (origin.device().equals(device)) {
            return new Place(key, origin.identity(), origin.name(usb));
        }
        String kind = kind(device);
        boolean alone = siblings.get(origin.device().directory()).stream()
                        .filter(sibling -> look.facts(sibling).origin().key(usb).equals(key))
                        .filter(sibling -> kind(sibling).equals(kind))
                        .count()
                == 1;
        String label = alone ? kind : device.name();
        String prefix = label.startsWith(subsystem) ? "" : subsystem;
        return new Place(
                (prefix.isEmpty() ? "" : prefix + " ") + label + " of " + key,
                origin.identity(),
                (prefix.isEmpty() ? "" : prefix + "-") + label + "-" + origin.name(usb));
    }

    /** The name without its numbers, which change. */
    private static String kind(SysfsDevice device) {
        return device.name().replaceAll("\\d+", "");
    }

    private static Map<String, NameMatch> matches(Map<String, String> values) {
        return values.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> NameMatch.of(each.getValue())));
    }

    /** Where a device is, what it is, and what it is called. */
    private record Place(String key, String identity, String name) {}
}
