package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.ConditionReason;

/**
 * Something that must be changed before the operator can do what a deployment asks for.
 *
 * @param reason the reason that the condition gets
 * @param message what is wrong and what to change, for the condition
 * @param passing whether it passes by itself, and nothing is changed until then
 */
public record Violation(ConditionReason reason, String message, boolean passing) {
    /** Something that does not pass by itself. */
    public Violation(ConditionReason reason, String message) {
        this(reason, message, false);
    }

    /** A mistake in the spec itself. */
    public static Violation invalid(String message) {
        return new Violation(ConditionReason.Invalid, message);
    }
}
