package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.api.v1alpha1.UsbSelector;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** USB devices by their descriptors. A hub is found only when vendor and product ask for it. */
final class UsbScanner implements SelectorScanner {
    private static final String USB = "usb";

    private final String resource;
    private final UsbSelector selector;
    private final NameMatch serial;

    UsbScanner(String resource, UsbSelector selector) {
        this.resource = resource;
        this.selector = selector;
        this.serial = NameMatch.of(selector.serialNumber());
    }

    @Override
    public Finding look(Look look) throws AccessDeniedException {
        UsbDevices all = look.usb();
        List<UsbDevice> matching = all.all().stream().filter(this::matches).toList();
        Map<String, ChildNodes> children = children(look, all);
        List<Sighting> found = new ArrayList<>();
        Set<String> warnings = new TreeSet<>();
        for (UsbDevice device : matching) {
            found.add(sighting(look, all, device, children));
            if (all.isAmbiguous(device)) {
                warnings.add("There is more than one " + device.identity()
                        + ": they are told apart by the port, so leave each where it is");
            }
        }
        Set<String> subsystems = new HashSet<>(selector.expose());
        subsystems.add(USB);
        return new Finding(found, false, Set.of(), subsystems, warnings, hint(look));
    }

    private boolean matches(UsbDevice device) {
        boolean asked = selector.vendorId() != null && selector.productId() != null;
        return (asked || !device.isHub())
                && (selector.vendorId() == null || selector.vendorId().equalsIgnoreCase(device.vendor()))
                && (selector.productId() == null || selector.productId().equalsIgnoreCase(device.product()))
                && (selector.serialNumber() == null || device.serial() != null && serial.matches(device.serial()));
    }

    private Map<String, ChildNodes> children(Look look, UsbDevices all) throws AccessDeniedException {
        Map<String, ChildNodes> children = new HashMap<>();
        for (String subsystem : selector.expose()) {
            if (!subsystem.equals(USB)) {
                children.put(subsystem, ChildNodes.of(look, subsystem, all.directories()));
            }
        }
        return children;
    }

    private Sighting sighting(Look look, UsbDevices all, UsbDevice device, Map<String, ChildNodes> children) {
        Exposure exposure = new Exposure();
        for (String subsystem : selector.expose()) {
            if (subsystem.equals(USB)) {
                exposeBusNode(look, device, exposure);
            } else {
                children.get(subsystem).expose(device.device(), exposure);
            }
        }
        String key = all.key(device);
        return exposure.incomplete(resource, key)
                .findFirst()
                .orElseGet(() -> Sighting.of(
                        resource,
                        new Hardware(
                                key,
                                device.identity(),
                                all.name(device),
                                exposure.nodes(),
                                exposure.paths(),
                                device.device().hostPath(),
                                look.facts(device.device()).numaNode())));
    }

    private static void exposeBusNode(Look look, UsbDevice device, Exposure exposure) {
        if (device.node() != null) {
            look.nodes()
                    .node(device.node(), Role.OWN)
                    .ifPresentOrElse(
                            exposure::node,
                            () -> exposure.problem("has the bus node /dev/" + device.node()
                                    + ", but that is not in /dev: the agent must see the host's /dev"));
        } else {
            exposure.problem("does not tell the number of its bus node");
        }
    }

    private static String hint(Look look) {
        return look.sysfs().knows(USB) ? null : "the kernel of this node knows no USB";
    }
}
