package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Trial;
import io.devicemgr.operator.fleet.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The way to a revision that nobody knows yet: canaries, soak, batches; it stops at the first node that got worse or is late. */
final class NewRevision {
    /** How long a device may look worse right after the start of an agent. */
    static final Duration SETTLE = Duration.ofSeconds(30);

    /**
     * What the others may take to make an agent, besides the deadline: a DaemonSet controller that has lost the API server looks
     * again after up to a minute and a half.
     */
    static final Duration MAKING = Duration.ofMinutes(2);

    private final Step step;
    private final Turns turns;
    private final Gate gate;
    /** Nodes that have the revision and are as they should be. */
    private final List<NodeView> passed = new ArrayList<>();
    /** Nodes in their turn that are not there yet, with the reason. */
    private final List<String> pending = new ArrayList<>();

    private ConditionReason failedHow;
    private String failure;

    NewRevision(Step step) {
        this.step = step;
        this.turns = step.turns;
        this.gate = step.gate();
    }

    /** @param failed what is planned when a node has failed, and why it has */
    RolloutPlan plan(BiFunction<ConditionReason, String, RolloutPlan> failed) {
        boolean canary = step.memory.promotedAt == null && canaries() > 0;
        Optional<RolloutPlan> trying = canary ? tryOut() : Optional.empty();
        RolloutPlan plan = failure == null && trying.isEmpty() ? batches() : trying.orElse(null);
        return failure == null ? plan : failed.apply(failedHow, failure);
    }

    private int canaries() {
        List<NodeView> all = Stream.concat(tried().stream(), turns.old.stream()).toList();
        long telling = all.stream().filter(turns::telling).count();
        return Math.min(
                step.in.spec().canariesOf(step.in.fleet().nodes().size()), telling > 0 ? (int) telling : all.size());
    }

    /** Whether its failure is the revision's. Where no agent worked before, that one does now is all there is to be seen. */
    private boolean tells(NodeView node) {
        return turns.telling(node)
                || Stream.concat(tried().stream(), turns.old.stream()).noneMatch(turns::telling);
    }

    /** Nodes that have been given the revision; one that has joined since got it by itself and proves little. */
    private List<NodeView> tried() {
        return Stream.concat(
                        turns.between.stream(),
                        turns.fresh.stream().filter(node -> turns.inTurn(node) || !turns.joined(node)))
                .toList();
    }

    /** The canaries: nothing when they have been good for long enough. */
    private Optional<RolloutPlan> tryOut() {
        List<NodeView> tried = tried().stream().filter(this::tells).toList();
        int wanted = canaries();
        if (tried.stream().filter(this::good).count() < wanted) {
            step.memory.stopSoaking(step.in.now());
        }
        tried.forEach(node -> judge(node, true));
        if (failure != null) {
            return Optional.empty();
        }
        if (passed.size() < wanted) {
            turns.canaryCandidates().stream()
                    .limit(Math.max(0, wanted - tried.size()))
                    .forEach(node -> step.replace(turns.replacement(node)));
            return Optional.of(step.end(
                    ConditionReason.Canary,
                    "trying revision " + step.goal + " on " + wanted + " of " + step.counted.size() + " nodes first"
                            + (pending.isEmpty() ? "" : ": " + Wording.firstOf(pending))));
        }
        if (step.memory.soakingSince == null) {
            step.memory.soakingSince = step.in.now();
        }
        Instant end = step.memory.soakingSince.plus(step.in.spec().soak());
        if (!step.reached(end)) {
            return Optional.of(step.end(
                    ConditionReason.Soaking,
                    "revision " + step.goal + " is good on "
                            + Wording.firstOf(
                                    passed.stream().map(NodeView::name).toList(), ", ")
                            + "; the other nodes follow at " + Timestamps.format(end)));
        }
        step.memory.promotedAt = step.in.now();
        step.memory.progressAt = step.in.now();
        passed.forEach(step::release);
        passed.clear();
        pending.clear();
        return Optional.empty();
    }

    private RolloutPlan batches() {
        Batch batch = new Batch(step);
        for (NodeView node : turns.between) {
            judge(node, !Turns.brokenBefore(node) && turns.inTurn(node));
            batch.away(node);
        }
        for (NodeView node : turns.fresh) {
            lookAt(node, batch);
        }
        batch.fill();
        if (failure == null && batch.blocked() && step.late(step.memory.progressAt.plus(MAKING))) {
            fail(
                    ConditionReason.DeadlineExceeded,
                    "no node passed for " + deadline().plus(MAKING).toSeconds() + " s" + batch.blockedBy());
        }
        if (turns.old.isEmpty() && !batch.waiting() && turns.between.isEmpty()) {
            return complete();
        }
        return step.end(
                ConditionReason.RollingOut,
                step.progress() + (pending.isEmpty() ? "" : "; in turn: " + Wording.firstOf(pending)));
    }

    private void lookAt(NodeView node, Batch batch) {
        if (!turns.inTurn(node)) {
            if (node.agentReady()) {
                passed.add(node);
            } else {
                batch.away(node);
            }
        } else if (judge(node, !Turns.brokenBefore(node))) {
            step.release(node);
            step.memory.progressAt = step.in.now();
        } else {
            batch.away(node);
        }
    }

    private RolloutPlan complete() {
        if (!passed.isEmpty()) {
            step.memory.lastGood = step.goal;
        }
        turns.fresh.forEach(step::release);
        return step.end(
                ConditionReason.Complete,
                "every agent is of revision " + step.goal + " (" + step.counted.size() + " nodes)" + step.leftOut());
    }

    /** Whether a node has passed; if it has not and should have, the rollout fails. */
    private boolean judge(NodeView node, boolean strict) {
        Gate.Result result = result(node);
        if (result instanceof Gate.Result.Passed) {
            passed.add(node);
            return true;
        }
        String why = node.name() + ": " + RolloutPlanner.why(result);
        pending.add(why);
        if (strict
                && result instanceof Gate.Result.Worse worse
                && step.reached(latest(worse.since(), began(node)).plus(settle()))) {
            fail(ConditionReason.NodeFailed, why);
        }
        if (strict
                && step.late(turns.isFresh(node) ? comeBack(node) : began(node).plus(MAKING))) {
            Duration waited = turns.isFresh(node) ? deadline() : deadline().plus(MAKING);
            fail(ConditionReason.DeadlineExceeded, why + " for " + waited.toSeconds() + " s");
        }
        return false;
    }

    private boolean good(NodeView node) {
        return result(node) instanceof Gate.Result.Passed;
    }

    private Gate.Result result(NodeView node) {
        return turns.isFresh(node) ? gate.judge(node) : new Gate.Result.Waiting("its agent is being replaced");
    }

    /**
     * When the time of a node with an agent of the revision began to count: when that agent was made. The end of the one before and
     * the DaemonSet controller take their time, too, which tells nothing of the revision.
     */
    private Instant comeBack(NodeView node) {
        Instant began = began(node);
        Instant made = latest(began, node.pod().map(AgentPod::createdAt).orElse(began));
        return made.isAfter(began.plus(MAKING)) ? began.plus(MAKING) : made;
    }

    private void fail(ConditionReason how, String why) {
        if (failure == null) {
            failedHow = how;
            failure = why;
        }
    }

    /** Since when a node could have passed: its turn has begun, it is there, and the rollout has not stood still. */
    private Instant began(NodeView node) {
        Instant turn = node.trial()
                .filter(trial -> trial.target().equals(step.goal))
                .map(Trial::began)
                .or(() -> node.pod().map(AgentPod::createdAt))
                .orElse(Instant.EPOCH);
        Instant goingOn = step.memory.promotedAt == null ? step.memory.progressAt : step.memory.promotedAt;
        return Stream.of(turn, step.memory.startedAt, goingOn, node.nodeReadinessSince())
                .max(Comparator.naturalOrder())
                .get();
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private Duration settle() {
        return deadline().compareTo(SETTLE) < 0 ? deadline() : SETTLE;
    }

    private Duration deadline() {
        return step.in.spec().progressDeadline();
    }
}
