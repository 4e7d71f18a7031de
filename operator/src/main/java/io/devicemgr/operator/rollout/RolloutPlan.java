package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.operator.fleet.AgentPod;
import java.util.List;
import java.util.Set;

/**
 * The next step of a rollout.
 *
 * @param replace pods to delete now; the DaemonSet makes new ones
 * @param phase Complete, or what the rollout is doing or waiting for
 * @param message the same in words
 * @param nodes nodes that have an agent of the current revision
 */
public record RolloutPlan(List<AgentPod> replace, ConditionReason phase, String message, Set<String> nodes) {

    /** Whether every node has an agent of the current revision. */
    public boolean complete() {
        return phase == ConditionReason.Complete;
    }
}
