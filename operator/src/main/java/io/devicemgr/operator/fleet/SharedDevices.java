package io.devicemgr.operator.fleet;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Devices that two deployments offer under different names: two pods could get one at the same time. */
public final class SharedDevices {
    /** Reason of the entries. */
    public static final String REASON = "DeviceOfferedTwice";

    private SharedDevices() {}

    /**
     * Finds them, one entry for each node.
     *
     * @param fleet of one deployment
     * @param others reports of the others
     * @param live whether an agent keeps a report up to date
     */
    public static List<NodeProblem> of(Fleet fleet, Stream<NodeDeviceReport> others, Predicate<NodeDeviceReport> live) {
        Map<String, Map<String, Device>> mine = new HashMap<>();
        fleet.nodes().forEach(node -> mine.put(node.name(), byPlace(node.devices())));
        Map<String, List<String>> found = new TreeMap<>();
        others.filter(report -> report.getStatus() != null
                        && mine.containsKey(report.getSpec().nodeName()))
                .forEach(report -> {
                    String node = report.getSpec().nodeName();
                    List<String> shared = report.getStatus().devices().stream()
                            .flatMap(device -> words(
                                    mine.get(node), device, report.getSpec().deployment())
                                    .stream())
                            .toList();
                    if (!shared.isEmpty() && live.test(report)) {
                        found.computeIfAbsent(node, name -> new ArrayList<>()).addAll(shared);
                    }
                });
        return found.entrySet().stream()
                .map(entry -> new NodeProblem(
                        entry.getKey(),
                        REASON,
                        Wording.firstOf(entry.getValue().stream().sorted().toList())
                                + "; two pods may get the same device: narrow one of the selectors"))
                .toList();
    }

    private static Optional<String> words(Map<String, Device> mine, Device other, String deployment) {
        return known(mine, other)
                .filter(place -> !mine.get(place).resource().equals(other.resource()))
                .map(place -> place + " is " + mine.get(place).resource() + " here and " + other.resource()
                        + " of deployment " + deployment);
    }

    /** A loop, since a loop of the operator asks this of every device of every other deployment. */
    private static Optional<String> known(Map<String, Device> mine, Device other) {
        for (String path : other.paths()) {
            if (mine.containsKey(path)) {
                return Optional.of(path);
            }
        }
        return Optional.ofNullable(other.sysfsPath()).filter(mine::containsKey);
    }

    private static Map<String, Device> byPlace(List<Device> devices) {
        Map<String, Device> byPlace = new HashMap<>();
        devices.stream()
                .filter(device -> device.resource() != null)
                .forEach(device -> places(device).forEach(place -> byPlace.put(place, device)));
        return byPlace;
    }

    private static Stream<String> places(Device device) {
        return Stream.concat(device.paths().stream(), Stream.ofNullable(device.sysfsPath()));
    }
}
