package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The reports, and which of them list a device that another one on the same node lists too. That is looked for again only where a
 * report has changed: with hundreds of deployments, each would otherwise go through the devices of all others in every loop.
 */
final class Reports extends Kept<NodeDeviceReport> {
    private final Map<String, Map<String, NodeDeviceReport>> byNode = new ConcurrentHashMap<>();
    private final Map<String, List<NodeDeviceReport>> overlapping = new ConcurrentHashMap<>();

    Reports() {
        super(Trim::report, report -> report.getSpec().deployment());
    }

    @Override
    public NodeDeviceReport put(String key, NodeDeviceReport report) {
        NodeDeviceReport before = super.put(key, report);
        NodeDeviceReport kept = get(key);
        byNode.computeIfAbsent(node(kept), name -> new ConcurrentHashMap<>()).put(key, kept);
        if (before != null && !node(before).equals(node(kept))) {
            forget(key, before);
        }
        overlapping.remove(node(kept));
        return before;
    }

    @Override
    public NodeDeviceReport remove(String key) {
        NodeDeviceReport before = super.remove(key);
        if (before != null) {
            forget(key, before);
        }
        return before;
    }

    private void forget(String key, NodeDeviceReport before) {
        byNode.computeIfPresent(node(before), (name, reports) -> {
            reports.remove(key);
            return reports.isEmpty() ? null : reports;
        });
        overlapping.remove(node(before));
    }

    private static String node(NodeDeviceReport report) {
        return report.getSpec().nodeName();
    }

    /** The reports on a node that list a device of another report there. */
    List<NodeDeviceReport> overlapping(String node) {
        return overlapping.computeIfAbsent(
                node, name -> compare(byNode.getOrDefault(name, Map.of()).values()));
    }

    private static List<NodeDeviceReport> compare(Collection<NodeDeviceReport> reports) {
        if (reports.size() < 2) {
            return List.of();
        }
        Map<String, NodeDeviceReport> first = new HashMap<>();
        Set<NodeDeviceReport> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (NodeDeviceReport report : reports) {
            devices(report).flatMap(Reports::places).forEach(place -> {
                NodeDeviceReport other = first.putIfAbsent(place, report);
                if (other != null && other != report) {
                    found.add(other);
                    found.add(report);
                }
            });
        }
        return List.copyOf(found);
    }

    private static Stream<Device> devices(NodeDeviceReport report) {
        return report.getStatus() == null ? Stream.of() : report.getStatus().devices().stream();
    }

    private static Stream<String> places(Device device) {
        return Stream.concat(device.paths().stream(), Stream.ofNullable(device.sysfsPath()));
    }
}
