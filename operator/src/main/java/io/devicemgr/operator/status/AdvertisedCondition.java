package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Advertised: what the agents list as healthy is what the nodes advertise. A kubelet takes a while to say so, hence a
 * difference counts only after {@link #GRACE}; before that it neither breaks what was true nor makes true what was not.
 */
final class AdvertisedCondition {
    static final Duration GRACE = Duration.ofSeconds(30);

    private static final ConditionType TYPE = ConditionType.Advertised;

    private final Situation situation;
    private final List<String> late = new ArrayList<>();
    private final List<String> young = new ArrayList<>();
    private final List<String> stale = new ArrayList<>();
    private final List<String> silent = new ArrayList<>();
    private final List<String> unready = new ArrayList<>();
    private Instant nextLate = Instant.MAX;

    private AdvertisedCondition(Situation situation) {
        this.situation = situation;
    }

    static AdvertisedCondition of(Fleet fleet, Situation situation) {
        AdvertisedCondition condition = new AdvertisedCondition(situation);
        if (!situation.discoverOnly()) {
            fleet.nodes().forEach(condition::look);
        }
        return condition;
    }

    /** How long until a difference that is young now is no longer; nothing when there is none. */
    Optional<Duration> turnsIn() {
        return nextLate.equals(Instant.MAX)
                ? Optional.empty()
                : Optional.of(Duration.between(situation.now(), nextLate));
    }

    Judgement judge() {
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
            return Judgement.no(TYPE, ConditionReason.KubeletOutOfSync, Wording.firstOf(late));
        }
        if (!stale.isEmpty()) {
            return Judgement.unknown(
                    TYPE, ConditionReason.AgentStale, "reports without an agent: " + Wording.firstOf(stale));
        }
        if (!silent.isEmpty()) {
            return Judgement.pending(TYPE, "no report yet from " + Wording.firstOf(silent));
        }
        if (!unready.isEmpty()) {
            return Judgement.pending(TYPE, "waiting for the agents on " + Wording.firstOf(unready));
        }
        if (!young.isEmpty() && !wasTrue()) {
            return Judgement.pending(TYPE, "waiting for the kubelets: " + Wording.firstOf(young));
        }
        return Judgement.yes(TYPE, ConditionReason.InSync, "the nodes advertise what the agents list");
    }

    private boolean wasTrue() {
        return situation
                .previous()
                .flatMap(status -> Conditions.find(status.conditions(), TYPE))
                .map(condition -> "True".equals(condition.getStatus()))
                .orElse(false);
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
        int listed = node.offered(resource);
        int advertised = node.allocatable(resource.name());
        if (listed == advertised) {
            return;
        }
        String difference = node.name() + " " + resource.name() + ": the agent lists " + listed
                + " healthy devices, the node advertises " + advertised;
        Instant becomesLate =
                changedAt(node.report().orElseThrow(), resource.name()).plus(GRACE);
        if (becomesLate.isAfter(situation.now())) {
            young.add(difference);
            nextLate = becomesLate.isBefore(nextLate) ? becomesLate : nextLate;
        } else {
            late.add(difference);
        }
    }

    private static Instant changedAt(NodeDeviceReportStatus report, String resource) {
        Stream<String> devices = report.devices().stream()
                .filter(device -> resource.equals(device.resource()))
                .map(Device::since);
        Stream<String> registration = report.resources().stream()
                .filter(found -> resource.equals(found.name()))
                .map(Resource::since);
        return Stream.concat(devices, registration)
                .map(Timestamps::parse)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }
}
