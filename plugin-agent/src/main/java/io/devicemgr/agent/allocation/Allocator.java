package io.devicemgr.agent.allocation;

import io.devicemgr.agent.allocation.Grant.Mount;
import io.devicemgr.agent.allocation.Grant.Node;
import io.devicemgr.agent.config.Template;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.Allocation.Preference;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Turns the ids that the kubelet chose for a container into what the container gets. The same ids give the same answer. */
public final class Allocator {
    private final String resource;
    private final Allocation rule;
    private final Replicas replicas;
    private final boolean oneOnly;
    private final NodePaths paths;
    private final CdiNames cdiNames;
    private final Optional<Preparer> preparer;
    private final DeviceTable.Cache tables;

    /** An allocator that answers with device nodes. */
    public Allocator(DeviceResource resource) {
        this(resource, CdiNames.NONE, Optional.empty());
    }

    /**
     * @param cdiNames which devices are handed out by name
     * @param preparer makes devices ready before a container starts, if that is wanted
     */
    public Allocator(DeviceResource resource, CdiNames cdiNames, Optional<Preparer> preparer) {
        this.preparer = preparer;
        this.resource = resource.name();
        this.rule = resource.allocate();
        this.replicas = new Replicas(resource.sharing().replicas());
        this.oneOnly = replicas.shared() && resource.sharing().failRequestsGreaterThanOne();
        this.paths = new NodePaths(this.resource, rule);
        this.cdiNames = cdiNames;
        this.tables = new DeviceTable.Cache(this.resource);
    }

    /** Name of the resource that this allocates. */
    public String resource() {
        return resource;
    }

    /** Under which ids its devices are offered. */
    public Replicas replicas() {
        return replicas;
    }

    /** The devices of the resource; made once for each inventory, so that an allocation does not depend on how many there are. */
    public DeviceTable devices(Inventory inventory) {
        return tables.of(inventory);
    }

    /** Makes devices ready before a container starts, if that is wanted. */
    public Optional<Preparer> preparer() {
        return preparer;
    }

    /** Whether the kubelet may hand the device out. */
    public boolean offers(Device device) {
        return device.health().isHealthy() && !cdiNames.awaits(device);
    }

    /** Whether it matters which devices a container gets. */
    public boolean prefers() {
        return replicas.shared() || rule.preferred() != Preference.None;
    }

    /**
     * The ids that a container had best get.
     *
     * @param available ids to choose from
     * @param required ids that must be among them (contract rule 72c)
     * @param size how many are wanted, the required ones included
     */
    public List<String> preferred(
            DeviceTable devices, Collection<String> available, Collection<String> required, int size) {
        return PreferredAllocation.choose(devices, replicas, rule.preferred(), available, required, size);
    }

    /**
     * What a container gets.
     *
     * @param devices devices of the resource
     * @param ids ids that the kubelet chose, in any order (contract rule 60); two of one device give it once
     * @throws AllocationRefused when an id is unknown or its device unhealthy (contract rule 62)
     */
    public Grant allocate(DeviceTable devices, Collection<String> ids) throws AllocationRefused {
        if (oneOnly && new TreeSet<>(ids).size() > 1) {
            throw new AllocationRefused("the container asks for " + ids.size() + " of " + resource
                    + ", but its devices are shared, and two shares may be of one device: let resources.limits of the pod ask"
                    + " for 1, or set sharing.failRequestsGreaterThanOne of the DevicePluginDeployment to false");
        }
        List<Device> chosen = choose(devices, ids);
        List<Node> nodes = paths.of(chosen);
        Map<String, String> env = new TreeMap<>();
        Map<String, String> values = values(chosen, nodes);
        rule.env().forEach((name, template) -> env.put(name, Template.fill(template, values)));
        List<Mount> mounts = rule.mounts().stream()
                .map(mount -> new Mount(mount.hostPath(), mount.containerPath(), mount.readOnly()))
                .toList();
        List<String> names = names(chosen);
        return new Grant(names.isEmpty() ? nodes : List.of(), names, mounts, env, rule.annotations());
    }

    /** All names or none: a container that gets some devices each way might get one node twice. */
    private List<String> names(List<Device> chosen) {
        List<String> names = new ArrayList<>();
        for (Device device : chosen) {
            Optional<String> name = device.nodes().isEmpty() ? Optional.empty() : cdiNames.nameOf(device);
            if (name.isEmpty() && !device.nodes().isEmpty()) {
                return List.of();
            }
            name.ifPresent(names::add);
        }
        return names;
    }

    private Map<String, String> values(List<Device> chosen, List<Node> nodes) {
        return Map.of(
                "DEVICE_IDS",
                chosen.stream().map(device -> device.id().value()).collect(Collectors.joining(",")),
                "DEVICE_PATHS",
                nodes.stream().map(Node::containerPath).collect(Collectors.joining(",")),
                "DEVICE_COUNT",
                String.valueOf(chosen.size()),
                "RESOURCE_NAME",
                resource);
    }

    private List<Device> choose(DeviceTable devices, Collection<String> ids) throws AllocationRefused {
        Map<String, Device> chosen = new TreeMap<>();
        for (String id : ids) {
            Device device = replicas.deviceOf(id)
                    .flatMap(devices::find)
                    .orElseThrow(() -> new AllocationRefused(resource + " has no device '" + id + "' on this node"));
            if (!device.health().isHealthy()) {
                throw new AllocationRefused("device '" + id + "' of " + resource + " is unhealthy since "
                        + device.health().since() + ": "
                        + device.health().reason().reported() + ", "
                        + device.health().message());
            }
            chosen.put(device.id().value(), device);
        }
        if (chosen.isEmpty()) {
            throw new AllocationRefused("the kubelet asked for no device of " + resource);
        }
        return List.copyOf(chosen.values());
    }
}
