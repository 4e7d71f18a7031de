package io.devicemgr.agent.allocation;

import io.devicemgr.agent.allocation.Grant.Node;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.api.v1alpha1.Allocation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Under which paths a container gets the nodes of its devices. Pure. */
final class NodePaths {
    /** Stands for the number of the node in the container. */
    static final String NUMBER = "%d";

    private final String resource;
    private final String template;
    private final String permissions;

    NodePaths(String resource, Allocation rule) {
        this.resource = resource;
        this.template = rule.containerPath();
        this.permissions = rule.permissions();
    }

    /**
     * The nodes of some devices, in order. What several devices share comes once, and always under its own path, because that is
     * where its users look for it.
     *
     * @throws AllocationRefused when two of them would get the same path
     */
    List<Node> of(List<Device> devices) throws AllocationRefused {
        Map<String, Node> byPath = new LinkedHashMap<>();
        int own = 0;
        for (Device device : devices) {
            for (DeviceNode node : device.nodes()) {
                boolean shared = node.role() == DeviceNode.Role.SHARED;
                String path = shared || template.isEmpty() ? node.path() : numbered(own);
                own += shared ? 0 : 1;
                Node given = new Node(node.hostPath(), path, permissions);
                Node before = byPath.putIfAbsent(path, given);
                if (before != null && !(shared && before.equals(given))) {
                    throw new AllocationRefused(clash(devices, path, before, given));
                }
            }
        }
        return new ArrayList<>(byPath.values());
    }

    private String numbered(int number) {
        return template.replace(NUMBER, String.valueOf(number));
    }

    private String clash(Collection<Device> devices, String path, Node first, Node second) {
        if (template.isEmpty() || template.contains(NUMBER)) {
            return first.hostPath() + " and " + second.hostPath() + " of " + resource
                    + " would both be " + path
                    + " in the container: give allocate.containerPath of the DevicePluginDeployment"
                    + " a path with %d that no other node has";
        }
        String what = devices.size() > 1
                ? "the container asks for " + devices.size() + " of " + resource
                : "device " + devices.iterator().next().id() + " of " + resource + " has several nodes";
        return what + ", but they would all get the path " + path
                + ": write %d into allocate.containerPath of the DevicePluginDeployment"
                + (devices.size() > 1 ? ", or ask for one" : "");
    }
}
