package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.UnhealthyDevice;
import io.devicemgr.operator.fleet.Wording;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Events about devices that turned unhealthy or healthy: one on the deployment, and one on each node concerned. */
final class DeviceEvents {
    /** More nodes than this at once are no news about nodes. */
    private static final int NODES = 10;

    private DeviceEvents() {}

    static List<StatusEvent> between(
            DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now, String deployment) {
        // A list that was cut does not tell what has come and gone.
        if (Boolean.TRUE.equals(now.truncated()) || before != null && Boolean.TRUE.equals(before.truncated())) {
            return countOnly(before, now);
        }
        List<UnhealthyDevice> old =
                before == null || before.unhealthyDevices() == null ? List.of() : before.unhealthyDevices();
        List<StatusEvent> events = new ArrayList<>();
        events.addAll(events(true, "DeviceUnhealthy", missingFrom(old, now.unhealthyDevices()), deployment));
        events.addAll(events(false, "DeviceHealthy", recovered(old, now), deployment));
        return events;
    }

    private static List<StatusEvent> countOnly(DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now) {
        int was = before == null || before.devices() == null
                ? 0
                : before.devices().unhealthy();
        int is = now.devices().unhealthy();
        return is <= was
                ? List.of()
                : List.of(new StatusEvent(true, "DeviceUnhealthy", is + " devices are unhealthy", null));
    }

    private static List<UnhealthyDevice> missingFrom(List<UnhealthyDevice> known, List<UnhealthyDevice> devices) {
        Set<String> keys = new HashSet<>();
        known.forEach(device -> keys.add(key(device)));
        return devices.stream().filter(device -> !keys.contains(key(device))).toList();
    }

    /** What is no longer listed as unhealthy has recovered, unless its agent is what went away. */
    private static List<UnhealthyDevice> recovered(List<UnhealthyDevice> old, DevicePluginDeploymentStatus now) {
        Set<String> same = new HashSet<>();
        now.unhealthyDevices().forEach(device -> same.add(identity(device)));
        Set<String> troubled =
                now.nodeProblems().stream().map(NodeProblem::node).collect(Collectors.toSet());
        return old.stream()
                .filter(device -> !same.contains(identity(device)) && !troubled.contains(device.node()))
                .toList();
    }

    private static List<StatusEvent> events(
            boolean warning, String reason, List<UnhealthyDevice> devices, String deployment) {
        if (devices.isEmpty()) {
            return List.of();
        }
        List<StatusEvent> events = new ArrayList<>();
        events.add(new StatusEvent(warning, reason, words(warning, devices, true), null));
        devices.stream()
                .collect(Collectors.groupingBy(UnhealthyDevice::node, TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .limit(NODES)
                .forEach(node -> events.add(new StatusEvent(
                        warning,
                        reason,
                        words(warning, node.getValue(), false) + " (DevicePluginDeployment " + deployment + ")",
                        node.getKey())));
        return events;
    }

    private static String words(boolean warning, List<UnhealthyDevice> devices, boolean withNode) {
        return Wording.firstOf(devices.stream()
                .map(device -> (withNode ? device.node() + " " : "")
                        + device.path() + " of " + device.resource()
                        + (warning ? " is unhealthy: " + UnhealthyDevices.why(device) : " is no longer unhealthy"))
                .toList());
    }

    private static String key(UnhealthyDevice device) {
        return identity(device) + " " + device.reason() + " " + device.since();
    }

    private static String identity(UnhealthyDevice device) {
        return device.node() + " " + device.resource() + " " + device.id();
    }
}
