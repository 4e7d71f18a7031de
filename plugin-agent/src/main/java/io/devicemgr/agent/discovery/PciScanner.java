package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.api.v1alpha1.PciSelector;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * PCI functions by their configuration. Functions that share an IOMMU group cannot be given to different users, so with vfio
 * they are one device.
 */
final class PciScanner implements SelectorScanner {
    private static final String PCI = "pci";
    private static final String VFIO = "vfio";
    private static final String NET = "net";
    private static final Set<String> WITHOUT_NODES = Set.of(NET, "bdi");

    private final String resource;
    private final PciSelector selector;
    private final NameMatch address;

    PciScanner(String resource, PciSelector selector) {
        this.resource = resource;
        this.selector = selector;
        this.address = NameMatch.of(
                selector.address() == null ? null : selector.address().toLowerCase());
    }

    @Override
    public Finding look(Look look) throws AccessDeniedException {
        Map<String, List<PciFunction>> units = new LinkedHashMap<>();
        for (PciFunction function : look.pci()) {
            if (matches(function)) {
                units.computeIfAbsent(unit(function), key -> new ArrayList<>()).add(function);
            }
        }
        List<ChildNodes> children = children(look);
        List<Sighting> found = units.values().stream()
                .map(functions -> sighting(look, functions, children))
                .toList();
        String hint = look.sysfs().knows(PCI) ? null : "the kernel of this node knows no PCI";
        return new Finding(found, false, Set.of(), subsystems(look), Set.of(), hint);
    }

    private boolean matches(PciFunction function) {
        return (selector.vendorId() == null || selector.vendorId().equalsIgnoreCase(function.vendor()))
                && (selector.deviceId() == null || selector.deviceId().equalsIgnoreCase(function.deviceId()))
                && (selector.classCode() == null
                        || function.classCode().startsWith(selector.classCode().toLowerCase()))
                && address.matches(function.address())
                && (selector.driver() == null
                        || function.driver().filter(selector.driver()::equals).isPresent());
    }

    /** Functions with the same unit are one device. */
    private String unit(PciFunction function) {
        Optional<String> group = selector.expose().contains(VFIO) ? function.iommuGroup() : Optional.empty();
        return group.map(number -> "group " + number).orElse(function.address());
    }

    private List<ChildNodes> children(Look look) throws AccessDeniedException {
        Set<Path> owners = Look.directories(look.pci());
        List<ChildNodes> children = new ArrayList<>();
        if (selector.expose().isEmpty()) {
            children.add(ChildNodes.all(look, owners));
        }
        for (String subsystem : selector.expose()) {
            if (!subsystem.equals(VFIO)) {
                children.add(ChildNodes.of(look, subsystem, owners));
            }
        }
        return children;
    }

    private Set<String> subsystems(Look look) {
        Set<String> subsystems =
                new HashSet<>(selector.expose().isEmpty() ? look.sysfs().classes() : selector.expose());
        if (selector.expose().isEmpty()) {
            // Each pod that starts would make events of these.
            subsystems.removeAll(WITHOUT_NODES);
        }
        subsystems.add(PCI);
        return subsystems;
    }

    private Sighting sighting(Look look, List<PciFunction> functions, List<ChildNodes> children) {
        Exposure exposure = new Exposure();
        PciFunction first = functions.get(0);
        if (selector.expose().contains(VFIO)) {
            exposeGroup(look, first, exposure);
        }
        for (PciFunction function : functions) {
            children.forEach(kind -> kind.expose(function.device(), exposure));
        }
        return exposure.incomplete(resource, first.key())
                .findFirst()
                .orElseGet(() -> Sighting.of(
                        resource,
                        new Hardware(
                                first.key(),
                                functions.stream().map(PciFunction::identity).collect(Collectors.joining("; ")),
                                first.name(),
                                exposure.nodes(),
                                exposure.paths(),
                                first.device().hostPath(),
                                look.facts(first.device()).numaNode())));
    }

    private static void exposeGroup(Look look, PciFunction function, Exposure exposure) {
        Optional<DeviceNode> group =
                function.iommuGroup().flatMap(number -> look.nodes().node("vfio/" + number, Role.OWN));
        Optional<DeviceNode> container = look.nodes().node("vfio/vfio", Role.SHARED);
        if (group.isPresent() && container.isPresent()) {
            exposure.node(group.get());
            exposure.node(container.get());
        } else if (function.iommuGroup().isEmpty()) {
            exposure.problem(
                    "is in no IOMMU group: switch the IOMMU on in the firmware and on the kernel's command line");
        } else {
            exposure.problem("has no vfio node: "
                    + function.driver()
                            .map(driver -> "it is bound to " + driver)
                            .orElse("no driver is bound to it")
                    + "; bind it to vfio-pci");
        }
    }
}
