package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.RolloutSpec.Strategy;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides which revision the agents are to have, and which of them are replaced now. A pure function of its input. */
public final class RolloutPlanner {
    private final RolloutInput in;
    private final Memory memory;

    private RolloutPlanner(RolloutInput in, Memory memory) {
        this.in = in;
        this.memory = memory;
    }

    /** Plans the next step. */
    public static RolloutPlan plan(RolloutInput in) {
        Memory memory = Memory.of(in.before());
        if (in.specChanged() || !in.wanted().equals(memory.failed)) {
            memory.forgive();
        }
        return new RolloutPlanner(in, memory).plan();
    }

    private RolloutPlan plan() {
        memory.aimAt(goal(), in.now());
        Step step = new Step(in, memory);
        if (in.spec().paused()) {
            return paused(step);
        }
        if (in.spec().strategy() != Strategy.Staged) {
            return unstaged(step);
        }
        if (memory.isLastGood(step.goal)) {
            return new KnownRevision(step).plan();
        }
        if (memory.failed != null) {
            return held(step);
        }
        if (step.turns.old.isEmpty() && step.counted.stream().noneMatch(step.turns::inTurn)) {
            return finish(step, ConditionReason.RollingOut);
        }
        return new NewRevision(step).plan(this::failed);
    }

    /** While it is paused, the agents keep the revision that they have. */
    private String goal() {
        if (in.spec().paused() && in.live().isPresent()) {
            return in.live().get();
        }
        return canGoBack() ? memory.lastGood : in.wanted();
    }

    private boolean canGoBack() {
        return memory.failed != null
                && in.spec().rollsBack()
                && memory.lastGood != null
                && !memory.isLastGood(in.wanted())
                && in.revisions().containsKey(memory.lastGood);
    }

    /** A node failed: back to the last good revision, or nothing more. */
    private RolloutPlan failed(ConditionReason how, String why) {
        memory.failed = in.wanted();
        memory.failure = why;
        memory.failedHow = how;
        return plan();
    }

    private RolloutPlan paused(Step step) {
        boolean waiting = !in.wanted().equals(step.goal)
                || !step.turns.old.isEmpty()
                || step.counted.stream().anyMatch(step.turns::inTurn);
        return waiting
                ? step.end(
                        ConditionReason.Paused,
                        step.progress()
                                + (in.wanted().equals(step.goal) ? "" : "; revision " + in.wanted() + " waits")
                                + "; set rollout.paused to false to go on")
                : finish(step, ConditionReason.Paused);
    }

    /** AllAtOnce and OnDelete: nobody looks at what the first nodes do. */
    private RolloutPlan unstaged(Step step) {
        step.turns.fresh.forEach(step::release);
        if (step.turns.old.isEmpty()) {
            return finish(step, ConditionReason.RollingOut);
        }
        if (in.spec().strategy() == Strategy.OnDelete) {
            return step.end(
                    ConditionReason.WaitingForDeletion, step.progress() + "; delete the agent pods of the other nodes");
        }
        step.turns.old.forEach(node -> step.replace(new Replacement(node.pod().orElseThrow(), Optional.empty())));
        return step.end(ConditionReason.RollingOut, step.progress());
    }

    /** No agent of an old revision is left on a node that counts: what remains is that the new ones work. */
    private RolloutPlan finish(Step step, ConditionReason unfinished) {
        if (memory.isLastGood(step.goal)) {
            return step.turns.between.isEmpty() ? complete(step) : step.end(unfinished, step.progress());
        }
        Gate gate = step.gate();
        List<String> waiting = new ArrayList<>();
        int passed = 0;
        for (NodeView node : step.counted) {
            if (gate.judge(node) instanceof Gate.Result.Passed) {
                passed++;
            } else if (!step.turns.joined(node)) {
                waiting.add(node.name() + " (" + why(gate.judge(node)) + ")");
            }
        }
        if (waiting.isEmpty()) {
            if (passed > 0) {
                memory.lastGood = step.goal;
            }
            return complete(step);
        }
        if (!step.late(memory.progressAt)) {
            return step.end(unfinished, step.progress() + "; waiting for " + Wording.firstOf(waiting));
        }
        if (passed > 0 && waiting.size() <= step.maxUnavailable) {
            // As many as may be away at any time: the revision itself is good, and AgentsReady names the rest.
            memory.lastGood = step.goal;
        }
        return step.end(
                ConditionReason.DeadlineExceeded,
                "not good within " + in.spec().progressDeadline().toSeconds() + " s: " + Wording.firstOf(waiting));
    }

    private static RolloutPlan complete(Step step) {
        return step.end(
                ConditionReason.Complete,
                step.in.fleet().isEmpty()
                        ? "no node is selected"
                        : "every agent is of revision " + step.goal + " (" + step.counted.size() + " nodes)"
                                + step.leftOut());
    }

    private RolloutPlan held(Step step) {
        return step.end(
                memory.failedHow,
                memory.failure + "; nothing else is changed before the spec is"
                        + (in.spec().rollsBack() ? " (there is no good revision to go back to)" : ""));
    }

    static String why(Gate.Result result) {
        if (result instanceof Gate.Result.Waiting waiting) {
            return waiting.reason();
        }
        return result instanceof Gate.Result.Worse worse ? worse.reason() : "it has passed";
    }
}
