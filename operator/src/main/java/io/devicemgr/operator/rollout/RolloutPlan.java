package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next step of a rollout.
 *
 * @param revision the revision of which the DaemonSet is to make pods
 * @param replace the agents to replace now; none before the DaemonSet controller knows the revision
 * @param release names of the nodes whose trial is over
 * @param phase Complete, or what the rollout is doing or waiting for
 * @param message the same in words
 * @param nodes names of the selected nodes that have an agent of the revision
 * @param status what the rollout must remember for its next step
 * @param lookAgainIn when time alone brings the next step
 */
public record RolloutPlan(
        String revision,
        List<Replacement> replace,
        Set<String> release,
        ConditionReason phase,
        String message,
        Set<String> nodes,
        RolloutStatus status,
        Optional<Duration> lookAgainIn) {

    /** Whether every node that counts has an agent of the revision that the spec asks for. */
    public boolean complete() {
        return phase == ConditionReason.Complete;
    }
}
