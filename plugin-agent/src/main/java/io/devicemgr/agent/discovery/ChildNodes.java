package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What the kernel's drivers have made of the devices of a bus, by subsystem. Each thing belongs to the nearest device of the bus
 * above it, so what is behind a hub or a bridge is not the hub's. A disk is there whole; its partitions are not handed out.
 */
final class ChildNodes {
    private static final String NET = "net";
    private static final String ANY = "device";

    private final Look look;
    private final String subsystem;
    private final Map<Path, List<SysfsDevice>> byOwner;

    private ChildNodes(Look look, String subsystem, Map<Path, List<SysfsDevice>> byOwner) {
        this.look = look;
        this.subsystem = subsystem;
        this.byOwner = byOwner;
    }

    /** The children of one subsystem. */
    static ChildNodes of(Look look, String subsystem, Set<Path> owners) throws AccessDeniedException {
        return new ChildNodes(look, subsystem, Look.byOwner(look.devicesOf(subsystem), owners));
    }

    /** The children of all subsystems that have nodes. */
    static ChildNodes all(Look look, Set<Path> owners) throws AccessDeniedException {
        return new ChildNodes(look, ANY, Look.byOwner(look.devicesWithNodes(), owners));
    }

    /**
     * Adds what belongs to a device.
     *
     * @param driven whether a driver that makes such things is bound to the device
     */
    void expose(SysfsDevice owner, BooleanSupplier driven, Exposure exposure) {
        List<SysfsDevice> children = byOwner.getOrDefault(owner.directory(), List.of());
        if (subsystem.equals(NET)) {
            exposeInterfaces(children, driven, exposure);
        } else {
            exposeNodes(children, exposure);
        }
    }

    private void exposeInterfaces(List<SysfsDevice> children, BooleanSupplier driven, Exposure exposure) {
        children.forEach(child -> exposure.name(NET + " " + child.name()));
        // An interface that was given to a pod is in the pod's network namespace and not to be seen from here.
        if (children.isEmpty() && !driven.getAsBoolean()) {
            exposure.problem("has no network interface: no network driver is bound to it; load the driver on the node,"
                    + " or take net out of expose");
        }
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
