package io.devicemgr.agent.allocation;

import io.devicemgr.agent.allocation.Grant.Mount;
import io.devicemgr.agent.allocation.Grant.Node;
import io.devicemgr.agent.config.Template;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Turns the ids that the kubelet chose for a container into what the container gets. Pure: the same ids give the same answer. */
public final class Allocator {
    private static final String NUMBER = "%d";

    private final String resource;
    private final Allocation rule;

    public Allocator(DeviceResource resource) {
        this.resource = resource.name();
        this.rule = resource.allocate();
    }

    /** Name of the resource that this allocates. */
    public String resource() {
        return resource;
    }

    /**
     * What a container gets.
     *
     * @param devices devices of the resource
     * @param ids ids that the kubelet chose, in any order (contract rule 60)
     * @throws AllocationRefused when an id is unknown or its device unhealthy (contract rule 62)
     */
    public Grant allocate(List<Device> devices, Collection<String> ids) throws AllocationRefused {
        List<Device> chosen = choose(devices, ids);
        List<Node> nodes = nodes(chosen);
        Map<String, String> values = Map.of(
                "DEVICE_IDS",
                joined(chosen, device -> device.id().value()),
                "DEVICE_PATHS",
                nodes.stream().map(Node::containerPath).collect(Collectors.joining(",")),
                "DEVICE_COUNT",
                String.valueOf(chosen.size()),
                "RESOURCE_NAME",
                resource);
        Map<String, String> env = new TreeMap<>();
        rule.env().forEach((name, template) -> env.put(name, Template.fill(template, values)));
        List<Mount> mounts = rule.mounts().stream()
                .map(mount -> new Mount(mount.hostPath(), mount.containerPath(), mount.readOnly()))
                .toList();
        return new Grant(nodes, mounts, env, rule.annotations());
    }

    private List<Device> choose(List<Device> devices, Collection<String> ids) throws AllocationRefused {
        Map<String, Device> known =
                devices.stream().collect(Collectors.toMap(device -> device.id().value(), Function.identity()));
        List<Device> chosen = new ArrayList<>();
        for (String id : new TreeSet<>(ids)) {
            Device device = known.get(id);
            if (device == null) {
                throw new AllocationRefused(resource + " has no device '" + id + "' on this node");
            }
            if (!device.health().isHealthy()) {
                throw new AllocationRefused("device '" + id + "' of " + resource + " is unhealthy since "
                        + device.health().since() + ": "
                        + device.health().reason().reported() + ", "
                        + device.health().message());
            }
            chosen.add(device);
        }
        if (chosen.isEmpty()) {
            throw new AllocationRefused("the kubelet asked for no device of " + resource);
        }
        return chosen;
    }

    private List<Node> nodes(List<Device> chosen) throws AllocationRefused {
        String template = rule.containerPath();
        if (!template.isEmpty() && !template.contains(NUMBER) && chosen.size() > 1) {
            throw new AllocationRefused("the container asks for " + chosen.size() + " of " + resource
                    + ", but they would all get the path " + template
                    + ": write %d into allocate.containerPath of the DevicePluginDeployment, or ask for one");
        }
        List<Node> nodes = new ArrayList<>();
        for (Device device : chosen) {
            for (DeviceNode node : device.nodes()) {
                String path = template.isEmpty() ? node.path() : template.replace(NUMBER, String.valueOf(nodes.size()));
                nodes.add(new Node(node.hostPath(), path, rule.permissions()));
            }
        }
        return nodes;
    }

    private static String joined(List<Device> devices, Function<Device, String> part) {
        return devices.stream().map(part).collect(Collectors.joining(","));
    }
}
