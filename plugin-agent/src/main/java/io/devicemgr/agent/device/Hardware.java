package io.devicemgr.agent.device;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What discovery has found in one place.
 *
 * @param key the place, in words: a path, a port, an address or a serial number; a device is found again by it
 * @param identity what stands there, in words; another identity under the same key is another device
 * @param name readable text from which the device id is made; stable over replug, reboot and renumbering where the hardware allows
 * @param nodes nodes that are handed out, in order; empty for what has no node, such as a network interface
 * @param paths all paths or names under which it was found, for the report; the first is the one that it is known by
 * @param sysfsPath directory of the device in sysfs, beginning with /sys/devices; null when not known
 * @param numaNode NUMA node, or null when not known
 */
public record Hardware(
        String key,
        String identity,
        String name,
        List<DeviceNode> nodes,
        List<String> paths,
        String sysfsPath,
        Integer numaNode) {

    public Hardware {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(identity, "identity");
        nodes = List.copyOf(nodes);
        paths = List.copyOf(paths);
    }

    /** One device node that is all there is to know. */
    public static Hardware node(String path, String hostPath, NodeNumber number) {
        return new Hardware(
                path,
                number.toString(),
                path,
                List.of(DeviceNode.own(path, hostPath, number)),
                List.of(path),
                null,
                null);
    }

    /** The same with other paths. */
    public Hardware withPaths(List<String> others) {
        return new Hardware(key, identity, name, nodes, others, sysfsPath, numaNode);
    }

    /** Whether the place is a path, so that other paths to the same node are the same place. */
    public boolean isKnownByPath() {
        return paths.contains(key);
    }

    /** What no other device may have: numbers of nodes, and the directory in sysfs. */
    public Set<Object> claims() {
        Set<Object> claims = nodes.stream()
                .filter(node -> node.role() != DeviceNode.Role.SHARED)
                .map(DeviceNode::number)
                .collect(Collectors.toCollection(HashSet::new));
        if (sysfsPath != null) {
            claims.add(sysfsPath);
        }
        return claims;
    }

    /** Whether whoever holds the nodes of {@code before} has nodes that are still right. */
    public boolean keepsNodesOf(Hardware before) {
        Set<NodeNumber> now = nodes.stream().map(DeviceNode::number).collect(Collectors.toSet());
        return before.nodes.stream()
                .filter(node -> node.role() == DeviceNode.Role.OWN)
                .map(DeviceNode::number)
                .allMatch(now::contains);
    }

    /** Numbers of the nodes in words. */
    public String numbers() {
        return nodes.isEmpty()
                ? "without nodes"
                : nodes.stream().map(node -> node.number().toString()).collect(Collectors.joining(", "));
    }
}
