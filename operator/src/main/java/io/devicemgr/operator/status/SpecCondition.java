package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.Verdict;
import io.devicemgr.operator.validate.Violation;

/** SpecValid: the spec can work, alone and beside the other deployments. */
final class SpecCondition {
    private SpecCondition() {}

    static Judgement judge(Verdict verdict) {
        if (verdict.violations().isEmpty()) {
            return Judgement.yes(ConditionType.SpecValid, ConditionReason.Valid, "the spec is valid");
        }
        String all = Wording.firstOf(
                verdict.violations().stream().map(Violation::message).toList());
        return Judgement.no(ConditionType.SpecValid, verdict.violations().get(0).reason(), all);
    }
}
