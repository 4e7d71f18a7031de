package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One step on the way to a revision, while it is being planned. */
final class Step {
    /** After a gap nobody is late before the operator has looked on for this long, or for the deadline if that is shorter. */
    private static final Duration REGAIN = Duration.ofSeconds(60);

    final RolloutInput in;
    final Memory memory;
    final String goal;
    final List<NodeView> counted;
    final Turns turns;
    final int maxUnavailable;

    private final List<Replacement> replace = new ArrayList<>();
    private final Set<String> release = new TreeSet<>();
    private Instant lookAt = Instant.MAX;

    Step(RolloutInput in, Memory memory) {
        this.in = in;
        this.memory = memory;
        this.goal = memory.revision;
        this.counted = in.counted();
        this.turns = new Turns(counted, goal, memory.startedAt, in.now());
        this.maxUnavailable = in.spec().maxUnavailableOf(in.fleet().nodes().size());
    }

    Gate gate() {
        return new Gate(goal, in.revisions());
    }

    /**
     * Replaces an agent now, unless it would come back as it was. What is going on is in the status first: an operator that ends
     * here must not leave agents behind of which the next one does not know why they were replaced.
     */
    void replace(Replacement replacement) {
        if (!in.makesPodsOf(goal)) {
            return;
        }
        if (written()) {
            replace.add(replacement);
        } else {
            reached(in.now().plusSeconds(1));
        }
    }

    private boolean written() {
        return in.before()
                .filter(status ->
                        goal.equals(status.revision()) && Objects.equals(status.failedRevision(), memory.failed))
                .isPresent();
    }

    /** Ends a node's turn. */
    void release(NodeView node) {
        if (node.trial().isPresent()) {
            release.add(node.name());
        }
    }

    /** Whether a moment has come; if not, the rollout looks again when it has. */
    boolean reached(Instant moment) {
        if (!moment.isAfter(in.now())) {
            return true;
        }
        lookAt = moment.isBefore(lookAt) ? moment : lookAt;
        return false;
    }

    /** Whether what began then takes longer than it may. */
    boolean late(Instant began) {
        Duration deadline = in.spec().progressDeadline();
        Instant regained = in.watchingSince().plus(deadline.compareTo(REGAIN) < 0 ? deadline : REGAIN);
        Instant due = began.plus(deadline);
        return reached(due.isAfter(regained) ? due : regained);
    }

    RolloutPlan end(ConditionReason phase, String message) {
        Set<String> updated = in.fleet().nodes().stream()
                .filter(turns::isFresh)
                .map(NodeView::name)
                .collect(Collectors.toUnmodifiableSet());
        int ready = in.fleet().sum(node -> updated.contains(node.name()) && node.agentReady() ? 1 : 0);
        if (ready > memory.updated && phase != ConditionReason.Complete && phase != ConditionReason.Canary) {
            memory.progressAt = in.now();
        }
        if (in.before().isPresent() && !Objects.equals(in.before().get().lastGoodRevision(), memory.lastGood)) {
            // The one before is kept until this is written.
            reached(in.now().plusSeconds(1));
        }
        Optional<Duration> again =
                lookAt.equals(Instant.MAX) ? Optional.empty() : Optional.of(Duration.between(in.now(), lookAt));
        return new RolloutPlan(
                goal,
                List.copyOf(replace),
                Set.copyOf(release),
                phase,
                message,
                updated,
                memory.status(phase, message, ready),
                again);
    }

    /** How many nodes have the revision, which do not, and which are left out. */
    String progress() {
        List<String> missing = counted.stream()
                .filter(node -> !turns.isFresh(node))
                .map(NodeView::name)
                .toList();
        return turns.fresh.size() + "/" + counted.size() + " nodes have revision " + goal
                + (missing.isEmpty() ? "" : "; not yet: " + Wording.firstOf(missing, ", ")) + leftOut();
    }

    /** Names of nodes that do not count, or nothing. */
    String leftOut() {
        List<String> names = in.leftOut().stream()
                .filter(node ->
                        node.pod().map(AgentPod::revision).filter(goal::equals).isEmpty())
                .map(NodeView::name)
                .toList();
        return names.isEmpty()
                ? ""
                : "; left out until they are ready and not cordoned: " + Wording.firstOf(names, ", ");
    }
}
