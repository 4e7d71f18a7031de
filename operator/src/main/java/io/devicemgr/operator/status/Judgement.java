package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;

/** A condition before it gets its times. */
record Judgement(ConditionType type, State state, ConditionReason reason, String message) {

    /** Status of a condition, in the API's own words. */
    enum State {
        True,
        False,
        Unknown
    }

    static Judgement yes(ConditionType type, ConditionReason reason, String message) {
        return new Judgement(type, State.True, reason, message);
    }

    static Judgement no(ConditionType type, ConditionReason reason, String message) {
        return new Judgement(type, State.False, reason, message);
    }

    static Judgement unknown(ConditionType type, ConditionReason reason, String message) {
        return new Judgement(type, State.Unknown, reason, message);
    }

    static Judgement pending(ConditionType type, String message) {
        return unknown(type, ConditionReason.Pending, message);
    }

    boolean is(State other) {
        return state == other;
    }
}
