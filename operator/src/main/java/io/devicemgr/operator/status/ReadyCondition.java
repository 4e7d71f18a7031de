package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.operator.fleet.Fleet;
import java.util.List;
import java.util.Optional;

/** Ready: all other conditions hold. The first that is False gives the reason, else the first that is Unknown. */
final class ReadyCondition {
    private static final ConditionType TYPE = ConditionType.Ready;

    private ReadyCondition() {}

    static Judgement judge(List<Judgement> parts, Fleet fleet) {
        return first(parts, Judgement.State.False)
                .or(() -> first(parts, Judgement.State.Unknown))
                .map(part -> new Judgement(TYPE, part.state(), part.reason(), part.message()))
                .orElseGet(() -> allGood(fleet));
    }

    private static Optional<Judgement> first(List<Judgement> parts, Judgement.State state) {
        return parts.stream().filter(part -> part.is(state)).findFirst();
    }

    private static Judgement allGood(Fleet fleet) {
        return fleet.isEmpty()
                ? Judgement.yes(
                        TYPE,
                        ConditionReason.NoMatchingNodes,
                        "the placement selects no node; agents start as soon as one appears")
                : Judgement.yes(
                        TYPE,
                        ConditionReason.AllDevicesReady,
                        fleet.healthyDevices() + " devices on " + fleet.nodes().size() + " nodes are ready");
    }
}
