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
        if (in.specChanged()
                || in.wanted().filter(name -> !name.equals(memory.failed)).isPresent()) {
            memory.forgive();
        }
        if (!in.standsStill()) {
            memory.resume(in.now());
        }
        return new RolloutPlanner(in, memory).plan();
    }

    private RolloutPlan plan() {
        memory.aimAt(goal(), in.now());
        Step step = new Step(in, memory);
        boolean staged = in.spec().strategy() == Strategy.Staged;
        if (in.spec().paused()) {
            return standing(step, "set rollout.paused to false to go on");
        }
        if (staged && memory.isLastGood(step.goal)) {
            return new KnownRevision(step).plan();
        }
        if (in.wanted().isEmpty()) {
            return standing(step, "nothing is replaced before the spec can be followed: see SpecValid");
        }
        if (!staged) {
            return unstaged(step);
        }
        if (memory.failed != null) {
            return held(step);
        }
        if (step.turns.old.isEmpty() && step.counted.stream().noneMatch(step.turns::inTurn)) {
            return finish(step, ConditionReason.RollingOut);
        }
        return new NewRevision(step).plan(this::failed);
    }

    /** While it stands still, the agents keep the revision that they have. */
    private String goal() {
        if (in.standsStill() && in.live().isPresent()) {
            return in.live().get();
        }
        String wanted = in.wanted().orElseThrow();
        if (memory.failed == null) {
            return wanted;
        }
        // Without anything to go back to, nothing turns to the revision that failed either.
        return canGoBack() ? memory.lastGood : in.live().orElse(wanted);
    }

    private boolean canGoBack() {
        return in.spec().rollsBack()
                && memory.lastGood != null
                && !in.wanted().filter(memory::isLastGood).isPresent()
                && in.revisions().containsKey(memory.lastGood);
    }

    /** A node failed: back to the last good revision, or nothing more. */
    private RolloutPlan failed(ConditionReason how, String why) {
        memory.failed = memory.revision;
        memory.failure = why;
        memory.failedHow = how;
        return plan();
    }

    private RolloutPlan standing(Step step, String toGoOn) {
        Optional<String> next = in.wanted().filter(name -> !name.equals(step.goal));
        boolean waiting = next.isPresent()
                || !step.turns.old.isEmpty()
                || step.counted.stream().anyMatch(step.turns::inTurn);
        return waiting
                ? step.end(
                        ConditionReason.Paused,
                        step.progress()
                                + next.map(name -> "; revision " + name + " waits")
                                        .orElse("") + "; " + toGoOn)
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
        String why = "not good within " + in.spec().progressDeadline().toSeconds() + " s: " + Wording.firstOf(waiting);
        if (passed > 0 && (waiting.size() <= step.maxUnavailable || memory.promotedAt != null)) {
            // As many as may be away at any time, or canaries that were good: the revision is, and AgentsReady names
            // the rest.
            memory.lastGood = step.goal;
        } else if (in.spec().strategy() == Strategy.Staged && !in.standsStill() && canGoBack()) {
            return failed(ConditionReason.DeadlineExceeded, why);
        }
        return step.end(ConditionReason.DeadlineExceeded, why);
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
