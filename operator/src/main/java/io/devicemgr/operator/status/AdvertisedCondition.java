package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Advertised: what the agents list as healthy is what the nodes advertise. A kubelet takes a while to say so, hence a
 * difference counts only after {@link #GRACE}; before that it neither breaks what was true nor makes true what was not.
 */
final class AdvertisedCondition {
    static final Duration GRACE = Duration.ofSeconds(30);

    private static final ConditionType TYPE = ConditionType.Advertised;

    private static final String ADVICE =
            "; the kubelet's log on the node tells: its status may not reach the API server, or another device"
                    + " plugin has registered the name";

    private final Fleet fleet;
    private final Situation situation;
    private final Sightings.Look look;
    private final List<String> late = new ArrayList<>();
    private final Set<String> lateNodes = new HashSet<>();
    private final List<String> young = new ArrayList<>();
    private final List<String> stale = new ArrayList<>();
    private final List<String> silent = new ArrayList<>();
    private final List<String> unready = new ArrayList<>();
    private boolean unexplained;

    private AdvertisedCondition(Fleet fleet, Situation situation, Sightings.Look look) {
        this.fleet = fleet;
        this.situation = situation;
        this.look = look;
    }

    static Judgement judge(Fleet fleet, Situation situation, Sightings.Look look) {
        AdvertisedCondition condition = new AdvertisedCondition(fleet, situation, look);
        if (!situation.discoverOnly() && situation.noAgentsBecause().isEmpty()) {
            fleet.nodes().forEach(condition::look);
        }
        return condition.judge();
    }

    private Judgement judge() {
        if (situation.noAgentsBecause().isPresent()) {
            return Judgement.pending(TYPE, situation.noAgentsBecause().get());
        }
        if (situation.discoverOnly()) {
            return Judgement.yes(
                    TYPE,
                    ConditionReason.DiscoverOnly,
                    "nothing is registered with the kubelets, as discoverOnly asks");
        }
        if (!late.isEmpty()) {
            return Judgement.no(
                    TYPE,
                    ConditionReason.KubeletOutOfSync,
                    lateNodes.size() + "/" + fleet.nodes().size() + " nodes out of sync: " + Wording.firstOf(late)
                            + (unexplained ? ADVICE : ""));
        }
        if (!stale.isEmpty()) {
            return Judgement.unknown(
                    TYPE, ConditionReason.AgentStale, "reports without an agent: " + Wording.names(stale));
        }
        if (!silent.isEmpty()) {
            return Judgement.pending(TYPE, "no report yet from " + Wording.names(silent));
        }
        if (!unready.isEmpty()) {
            return Judgement.pending(TYPE, "waiting for the agents on " + Wording.names(unready));
        }
        if (!young.isEmpty() && !wasTrue()) {
            return Judgement.pending(TYPE, "waiting for the kubelets: " + Wording.firstOf(young));
        }
        return Judgement.yes(TYPE, ConditionReason.InSync, "the nodes advertise what the agents list");
    }

    /** What was true of another spec says nothing of this one. */
    private boolean wasTrue() {
        return was("True")
                && situation
                        .previous()
                        .map(DevicePluginDeploymentStatus::observedGeneration)
                        .filter(generation -> generation == situation.generation())
                        .isPresent();
    }

    private boolean was(String status) {
        return situation
                .previous()
                .flatMap(before -> Conditions.find(before.conditions(), TYPE))
                .filter(condition -> status.equals(condition.getStatus()))
                .isPresent();
    }

    private void look(NodeView node) {
        if (node.stale()) {
            stale.add(node.name());
        } else if (!node.reportIsCurrent()) {
            silent.add(node.name());
        } else if (!node.agentReady()) {
            // What it listed last is no longer what the kubelet knows.
            unready.add(node.name());
        } else {
            situation.verdict().offered().forEach(resource -> compare(node, resource));
        }
    }

    private void compare(NodeView node, DeviceResource resource) {
        String name = resource.name();
        if (node.resource(name).isEmpty()) {
            // An agent of the revision before does not know it yet.
            unready.add(node.name());
            return;
        }
        int listed = node.offered(resource);
        int advertised = node.allocatable(name);
        boolean others = OtherPlugins.isSeen(node, resource);
        if (listed == advertised && !others) {
            return;
        }
        String difference = node.name() + " " + name + ": the agent lists " + listed
                + " healthy devices, the node advertises " + advertised + (others ? ", but not the agent's" : "");
        // A list that has changed gives the kubelet its time again.
        if (look.lasts(node.name() + " " + name + " " + listed, GRACE, was("False"))) {
            lateNodes.add(node.name());
            String why = why(node, name);
            unexplained |= why.isEmpty() && !others;
            late.add(difference + why);
        } else {
            young.add(difference);
        }
    }

    private static String why(NodeView node, String resource) {
        return node.resource(resource)
                .map(Resource::lastError)
                .filter(error -> !error.isBlank())
                .map(error -> " (" + Wording.ends(Wording.steady(error), 200) + ")")
                .orElse("");
    }
}
