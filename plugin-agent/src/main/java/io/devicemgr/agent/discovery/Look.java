package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.NodeNumber;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What one scan sees. Reads each thing once, however many selectors ask for it; good for one scan. */
final class Look {
    private final Sysfs sysfs;
    private final Memories memories;
    private final NodeReader nodes;
    private final Map<String, List<SysfsDevice>> subsystems = new HashMap<>();
    private List<SysfsDevice> withNodes;
    private UsbDevices usb;
    private List<PciFunction> pci;

    Look(Path devDirectory, Sysfs sysfs, Memories memories) {
        this.sysfs = sysfs;
        this.memories = memories;
        this.nodes = new NodeReader(devDirectory, number -> facts(number));
        memories.all().forEach(Memory::nextLook);
    }

    /** Reads device nodes. */
    NodeReader nodes() {
        return nodes;
    }

    Sysfs sysfs() {
        return sysfs;
    }

    /** All devices of a subsystem. */
    List<SysfsDevice> devicesOf(String subsystem) throws AccessDeniedException {
        List<SysfsDevice> known = subsystems.get(subsystem);
        if (known == null) {
            known = sysfs.devicesOf(subsystem);
            subsystems.put(subsystem, known);
        }
        return known;
    }

    /** All devices that have a node. */
    List<SysfsDevice> devicesWithNodes() throws AccessDeniedException {
        if (withNodes == null) {
            withNodes = sysfs.devicesWithNodes();
        }
        return withNodes;
    }

    /** All USB devices, hubs included. */
    UsbDevices usb() throws AccessDeniedException {
        if (usb == null) {
            usb = UsbDevices.of(devicesOf("usb").stream()
                    .filter(device -> UsbDevice.isName(device.name()))
                    .map(device -> memories.usb.of(device, UsbDevice::read, Optional::isPresent))
                    .flatMap(Optional::stream)
                    .toList());
        }
        return usb;
    }

    /** All PCI functions. */
    List<PciFunction> pci() throws AccessDeniedException {
        if (pci == null) {
            pci = devicesOf("pci").stream()
                    .map(device -> memories.pci.of(device, PciFunction::read, Optional::isPresent))
                    .flatMap(Optional::stream)
                    .toList();
        }
        return pci;
    }

    /** Hardware, place and NUMA node of a device. */
    Facts facts(SysfsDevice device) {
        return memories.facts.of(device, Facts::read, Facts::complete);
    }

    /** The node of a device, if the kernel names one and it is in /dev. */
    Optional<DeviceNode> node(SysfsDevice device) {
        String name = facts(device).nodeName();
        return name == null ? Optional.empty() : nodes.node(name, Role.OWN);
    }

    /** The given devices by the nearest of {@code owners} above them; those that belong to none are left out. */
    static Map<Path, List<SysfsDevice>> byOwner(List<SysfsDevice> devices, Set<Path> owners) {
        Map<Path, List<SysfsDevice>> byOwner = new HashMap<>();
        for (SysfsDevice device : devices) {
            device.upwards()
                    .map(SysfsDevice::directory)
                    .filter(owners::contains)
                    .findFirst()
                    .ifPresent(owner -> byOwner.computeIfAbsent(owner, key -> new ArrayList<>())
                            .add(device));
        }
        return byOwner;
    }

    /** Directories of PCI functions. */
    static Set<Path> directories(List<PciFunction> functions) {
        return functions.stream().map(each -> each.device().directory()).collect(Collectors.toSet());
    }

    private Optional<Facts> facts(NodeNumber number) {
        return sysfs.deviceOf(number).map(this::facts);
    }

    /**
     * What does not change as long as a device's directory is there.
     *
     * @param origin hardware that it belongs to, or null
     * @param sysfsPath the directory
     * @param numaNode NUMA node, or null
     * @param nodeName path of its node below /dev, or null
     * @param partition whether it is a part of a disk
     * @param complete whether the kernel has told its properties
     */
    record Facts(
            Origin origin, String sysfsPath, Integer numaNode, String nodeName, boolean partition, boolean complete) {
        static Facts read(SysfsDevice device) {
            Map<String, String> properties = device.properties();
            return new Facts(
                    Origin.of(device).orElse(null),
                    device.hostPath(),
                    device.numaNode(),
                    properties.get("DEVNAME"),
                    "partition".equals(properties.get("DEVTYPE")),
                    !properties.isEmpty());
        }
    }

    /** What is remembered from one look to the next. */
    static final class Memories {
        private final Memory<Optional<UsbDevice>> usb = new Memory<>();
        private final Memory<Optional<PciFunction>> pci = new Memory<>();
        private final Memory<Facts> facts = new Memory<>();

        private List<Memory<?>> all() {
            return List.of(usb, pci, facts);
        }
    }
}
