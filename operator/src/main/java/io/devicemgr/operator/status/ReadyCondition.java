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
                .orElseGet(() -> allGood(parts, fleet));
    }

    private static Optional<Judgement> first(List<Judgement> parts, Judgement.State state) {
        return parts.stream().filter(part -> part.is(state)).findFirst();
    }

    /** Of what is good, nothing to hand out is what matters most: it is said in the first place that one looks at. */
    private static Judgement allGood(List<Judgement> parts, Fleet fleet) {
        return parts.stream()
                .filter(part -> part.reason() == ConditionReason.NoMatchingNodes
                        || part.reason() == ConditionReason.NoDevices && !fleet.isEmpty())
                .findFirst()
                .map(part -> Judgement.yes(TYPE, part.reason(), part.message()))
                .orElseGet(() -> Judgement.yes(
                        TYPE,
                        ConditionReason.AllDevicesReady,
                        fleet.healthyDevices() + " devices on " + fleet.nodes().size() + " nodes are ready"));
    }
}
