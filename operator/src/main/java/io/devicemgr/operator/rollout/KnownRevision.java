package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.operator.fleet.NodeView;

/**
 * The way to the last good revision: for nodes that come back late, and for all after a failure. Nothing has to be proven, so there
 * is no canary; working agents are still replaced within maxUnavailable only, so that a revision that cannot be had any more takes
 * no working agent away.
 */
final class KnownRevision {
    private final Step step;
    private final Turns turns;

    KnownRevision(Step step) {
        this.step = step;
        this.turns = step.turns;
    }

    RolloutPlan plan() {
        turns.fresh.stream().filter(NodeView::agentReady).forEach(step::release);
        Batch batch = new Batch(step);
        turns.between.forEach(batch::away);
        turns.fresh.stream().filter(node -> !node.agentReady()).forEach(batch::away);
        batch.fill();
        boolean settled = turns.old.isEmpty() && turns.between.isEmpty() && !batch.waiting();
        if (step.memory.failed != null) {
            return step.end(ConditionReason.RolledBack, rolledBack(settled, batch));
        }
        return settled
                ? step.end(
                        ConditionReason.Complete,
                        "every agent is of revision " + step.goal + " (" + step.counted.size() + " nodes)"
                                + step.leftOut())
                : step.end(ConditionReason.RollingOut, step.progress() + batch.blockedBy());
    }

    private String rolledBack(boolean settled, Batch batch) {
        String failed = "revision " + step.memory.failed + " failed: " + step.memory.failure + "; ";
        return settled
                ? failed + "revision " + step.goal + " is back on every node; change the spec to try again"
                        + step.leftOut()
                : failed + "going back: " + step.progress() + batch.blockedBy();
    }
}
