package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the kernel's drivers have made of the devices of a bus, by subsystem. Each thing belongs to the nearest device of the bus
 * above it, so what is behind a hub or a bridge is not the hub's. A disk is there whole; its partitions are not handed out.
 */
final class ChildNodes {
    private static final String NET = "net";
    private static final String ANY = "device";

    private final Look look;
    private final String subsystem;
    private final Set<Path> owners;
    private final Map<Path, List<SysfsDevice>> byOwner;

    private ChildNodes(Look look, String subsystem, Set<Path> owners, List<SysfsDevice> devices) {
        this.look = look;
        this.subsystem = subsystem;
        this.owners = owners;
        this.byOwner = Look.byOwner(devices, owners);
    }

    /** The children of one subsystem. */
    static ChildNodes of(Look look, String subsystem, Set<Path> owners) throws AccessDeniedException {
        return new ChildNodes(look, subsystem, owners, look.devicesOf(subsystem));
    }

    /** The children of all subsystems that have nodes. */
    static ChildNodes all(Look look, Set<Path> owners) throws AccessDeniedException {
        return new ChildNodes(look, ANY, owners, look.devicesWithNodes());
    }

    /** Adds what belongs to a device. */
    void expose(SysfsDevice owner, Exposure exposure) {
        List<SysfsDevice> children = byOwner.getOrDefault(owner.directory(), List.of());
        if (subsystem.equals(NET)) {
            exposeInterfaces(owner, children, exposure);
        } else {
            exposeNodes(children, exposure);
        }
    }

    private void exposeInterfaces(SysfsDevice owner, List<SysfsDevice> children, Exposure exposure) {
        children.forEach(child -> exposure.name(NET + " " + child.name()));
        if (children.isEmpty() && !hasHiddenInterface(owner)) {
            exposure.problem("has no network interface: no network driver is bound to it; load the driver on the node,"
                    + " or take net out of expose");
        }
    }

    /**
     * Whether the device has an interface that was given to a pod: that is in the pod's network namespace and not to be seen from
     * here, but the kernel keeps the directory that it lies in. It is the device's, or one of a part such as 1-1:1.0 or virtio0.
     */
    private boolean hasHiddenInterface(SysfsDevice owner) {
        return Stream.concat(Stream.of(owner.directory()), owner.parts().filter(part -> !owners.contains(part)))
                .anyMatch(place -> Files.isDirectory(place.resolve(NET), LinkOption.NOFOLLOW_LINKS));
    }

    private void exposeNodes(List<SysfsDevice> children, Exposure exposure) {
        boolean found = false;
        for (SysfsDevice child : children) {
            Look.Facts facts = look.facts(child);
            if (facts.nodeName() == null || facts.partition()) {
                continue;
            }
            Optional<DeviceNode> node = look.node(child);
            if (node.isPresent()) {
                exposure.node(node.get());
            } else {
                exposure.problem("has a " + subsystem + " node /dev/" + facts.nodeName() + ", but that is not in /dev");
            }
            found = true;
        }
        if (!found) {
            exposure.problem("has no " + subsystem + " node: no driver has made one; load the driver on the node, or"
                    + (subsystem.equals(ANY) ? " name vfio or net in expose" : " correct expose"));
        }
    }
}
