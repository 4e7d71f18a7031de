package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.ConditionReason;

/**
 * Something that must be changed before the operator can do what a deployment asks for.
 *
 * @param reason the reason that the condition gets
 * @param message what is wrong and what to change, for the condition
 */
public record Violation(ConditionReason reason, String message) {

    /** A mistake in the spec itself. */
    public static Violation invalid(String message) {
        return new Violation(ConditionReason.Invalid, message);
    }
}
