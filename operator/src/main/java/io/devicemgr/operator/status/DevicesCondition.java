package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.UnhealthyDevice;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.Wording;
import java.util.List;

/** DevicesHealthy: every device that an agent lists is healthy. */
final class DevicesCondition {
    private static final ConditionType TYPE = ConditionType.DevicesHealthy;

    private DevicesCondition() {}

    static Judgement judge(Fleet fleet, List<UnhealthyDevice> unhealthy, Situation situation) {
        if (situation.noAgentsBecause().isPresent()) {
            return Judgement.pending(TYPE, situation.noAgentsBecause().get());
        }
        if (!unhealthy.isEmpty()) {
            return Judgement.no(TYPE, ConditionReason.SomeUnhealthy, message(fleet, unhealthy));
        }
        if (!fleet.isEmpty()
                && fleet.nodes().stream().noneMatch(node -> node.report().isPresent())) {
            return Judgement.pending(TYPE, "no agent has reported yet");
        }
        return fleet.devices() == 0
                ? Judgement.yes(TYPE, ConditionReason.NoDevices, "no devices were found" + NothingFoundWords.of(fleet))
                : Judgement.yes(
                        TYPE,
                        ConditionReason.AllHealthy,
                        "all " + fleet.devices() + " devices are healthy" + NothingFoundWords.of(fleet));
    }

    /** No time that runs: a message that changes by itself would be written again and again. */
    private static String message(Fleet fleet, List<UnhealthyDevice> unhealthy) {
        long nodes = unhealthy.stream().map(UnhealthyDevice::node).distinct().count();
        List<String> named = unhealthy.stream().map(DevicesCondition::words).toList();
        return fleet.unhealthyDevices() + "/" + fleet.devices() + " devices unhealthy on " + nodes + "/"
                + fleet.nodes().size() + " nodes: " + Wording.firstOf(named);
    }

    private static String words(UnhealthyDevice device) {
        return device.node() + " " + Wording.ends(device.path(), 200)
                + " " + UnhealthyDevices.why(device)
                + (device.since() == null ? "" : " since " + device.since())
                + (device.heldBy() == null ? "" : ", held by " + device.heldBy());
    }
}
