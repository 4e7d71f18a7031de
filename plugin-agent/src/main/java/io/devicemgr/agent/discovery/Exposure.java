package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Health.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What of a device is handed out, as it is collected: nodes, names of what has no node, and what is not there. */
final class Exposure {
    private final Map<String, DeviceNode> nodes = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    void node(DeviceNode node) {
        nodes.putIfAbsent(node.path(), node);
    }

    /** Something that has no node. */
    void name(String name) {
        names.add(name);
    }

    /** Something that was asked for and is not there; the text goes on after the name of the device. */
    void problem(String text) {
        problems.add(text);
    }

    List<DeviceNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /** Paths of nodes that belong to the device alone, and names. */
    List<String> paths() {
        return Stream.concat(
                        nodes.values().stream()
                                .filter(node -> node.role() != DeviceNode.Role.SHARED)
                                .map(DeviceNode::path),
                        names.stream())
                .toList();
    }

    /** The place as a place in which something is missing, or nothing when all is there. */
    Stream<Sighting> incomplete(String resource, String key) {
        return problems.isEmpty()
                ? Stream.empty()
                : Stream.of(
                        Sighting.problem(resource, key, Reason.INCOMPLETE, key + " " + String.join("; ", problems)));
    }
}
