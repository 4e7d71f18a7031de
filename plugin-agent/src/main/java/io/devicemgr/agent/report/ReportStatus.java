package io.devicemgr.agent.report;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Holder;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Summary;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.WatchMode;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pure: what the agent knows -> status of its report. */
public final class ReportStatus {
    private final String agentVersion;
    private final String revision;

    /**
     * @param agentVersion version of the agent
     * @param revision revision of the settings that it runs with
     */
    public ReportStatus(String agentVersion, String revision) {
        this.agentVersion = agentVersion;
        this.revision = revision;
    }

    /** The status of the report for a situation; equal for equal situations. */
    public NodeDeviceReportStatus of(Situation situation) {
        Map<String, DeviceTally> tallies = DeviceTally.byResource(situation);
        List<NodeDeviceReportStatus.Device> devices = situation.inventory().devices().stream()
                .map(device -> device(device, situation))
                .toList();
        List<NodeDeviceReportStatus.Device> listed = ReportSize.bounded(devices);
        return new NodeDeviceReportStatus(
                agentVersion,
                revision,
                situation.kubeletPresent() ? KubeletSocket.Present : KubeletSocket.Missing,
                situation.inotify() ? WatchMode.Inotify : WatchMode.Polling,
                summary(situation),
                situation.resources().stream()
                        .map(resource -> resource(
                                resource,
                                situation.inventory(),
                                tallies.getOrDefault(resource.name(), DeviceTally.NONE)))
                        .toList(),
                listed,
                nothingFound(situation.inventory()),
                listed.size() < devices.size() ? Boolean.TRUE : null,
                situation.settingsError());
    }

    private static Summary summary(Situation situation) {
        List<Device> devices = situation.inventory().devices();
        long healthy =
                devices.stream().filter(device -> device.health().isHealthy()).count();
        long registered =
                situation.resources().stream().filter(ResourceState::registered).count();
        return new Summary(
                healthy + "/" + devices.size(),
                registered + "/" + situation.resources().size());
    }

    private static Resource resource(ResourceState resource, Inventory inventory, DeviceTally tally) {
        // Before it is registered only what hinders that is an error.
        boolean starting = !resource.registered() && resource.offered() != null;
        List<String> conflicts = inventory.conflicts().stream()
                .filter(conflict -> !starting && conflict.resource().equals(resource.name()))
                .map(Conflict::message)
                .toList();
        int more = conflicts.size() - ReportSize.CONFLICTS;
        String errors = Stream.of(
                        Stream.ofNullable(resource.lastError()),
                        conflicts.stream().limit(ReportSize.CONFLICTS),
                        more > 0 ? Stream.of("and " + more + " more devices of that kind") : Stream.<String>empty())
                .flatMap(Function.identity())
                .map(ReportSize::shortened)
                .collect(Collectors.joining("; "));
        return new Resource(
                resource.name(),
                resource.registered(),
                resource.verified(),
                resource.since().truncatedTo(ChronoUnit.MILLIS).toString(),
                errors.isEmpty() ? null : errors,
                tally.devices(),
                tally.healthy(),
                tally.allocated(),
                resource.offered());
    }

    private static NodeDeviceReportStatus.Device device(Device device, Situation situation) {
        Health health = device.health();
        return new NodeDeviceReportStatus.Device(
                device.resource(),
                device.id().value(),
                device.paths(),
                device.hardware().sysfsPath(),
                health.isHealthy() ? DeviceHealth.Healthy : DeviceHealth.Unhealthy,
                DeviceReason.valueOf(health.reason().reported()),
                health.message().isEmpty() ? null : ReportSize.shortened(health.message()),
                health.since().truncatedTo(ChronoUnit.MILLIS).toString(),
                device.hardware().numaNode(),
                situation.holders().apply(device).stream()
                        .map(holder -> new Holder(holder.namespace(), holder.pod(), holder.container()))
                        .toList());
    }

    private static List<NothingFound> nothingFound(Inventory inventory) {
        return inventory.unmatched().stream()
                .map(unmatched -> new NothingFound(
                        unmatched.resource(),
                        unmatched.selector(),
                        NothingFound.Reason.valueOf(unmatched.why().name()),
                        unmatched.message()))
                .toList();
    }
}
