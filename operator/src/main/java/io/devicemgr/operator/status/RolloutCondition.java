package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.operator.rollout.RolloutPlan;

/** RolloutComplete: every agent is of the current revision. */
final class RolloutCondition {
    private static final ConditionType TYPE = ConditionType.RolloutComplete;

    private RolloutCondition() {}

    static Judgement judge(Situation situation) {
        if (situation.rollout().isEmpty()) {
            return Judgement.pending(TYPE, situation.noAgentsBecause().orElse(""));
        }
        RolloutPlan plan = situation.rollout().get();
        return plan.complete()
                ? Judgement.yes(TYPE, plan.phase(), plan.message())
                : Judgement.no(TYPE, plan.phase(), plan.message());
    }
}
