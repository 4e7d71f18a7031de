package io.devicemgr.operator.rollout;

import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The nodes that count, by how far each has come on the way to one revision. */
final class Turns {
    /** An agent that has not been ready for that long does not come back by itself. */
    static final Duration BROKEN_AFTER = Duration.ofSeconds(60);

    private final String goal;
    private final Instant startedAt;
    private final Instant now;
    /** Nodes with an agent of another revision. */
    final List<NodeView> old = new ArrayList<>();
    /** Nodes whose agent is going, or gone and not back yet, in their turn. */
    final List<NodeView> between = new ArrayList<>();
    /** Nodes with an agent of the revision. */
    final List<NodeView> fresh = new ArrayList<>();

    Turns(List<NodeView> counted, String goal, Instant startedAt, Instant now) {
        this.goal = goal;
        this.startedAt = startedAt;
        this.now = now;
        counted.forEach(this::sort);
    }

    private void sort(NodeView node) {
        if (node.pod().isEmpty()) {
            // A node that never got an agent is no part of the rollout; that it has none is for AgentsReady to say.
            if (disturbed(node)) {
                between.add(node);
            }
        } else if (node.pod().get().terminating()) {
            between.add(node);
        } else if (isFresh(node)) {
            fresh.add(node);
        } else {
            old.add(node);
        }
    }

    /** Whether it has an agent of another revision. */
    boolean isOld(NodeView node) {
        return node.pod()
                .filter(pod -> !pod.terminating() && !pod.revision().equals(goal))
                .isPresent();
    }

    /** Whether it has an agent of the revision. Never ask the lists: two nodes are compared with all that is on them. */
    boolean isFresh(NodeView node) {
        return node.pod()
                .filter(pod -> !pod.terminating() && pod.revision().equals(goal))
                .isPresent();
    }

    /** Whether it is the node's turn to get the revision; who has no agent in a turn gets what the DaemonSet makes by now. */
    boolean inTurn(NodeView node) {
        return node.trial()
                .filter(trial -> trial.target().equals(goal) || !isOld(node))
                .isPresent();
    }

    /** Whether it has joined the cluster since the rollout began: it got the revision by itself. */
    boolean joined(NodeView node) {
        return node.createdAt().isAfter(startedAt);
    }

    /** Whether it can tell something about the revision: its agent works, or did before its turn. */
    boolean telling(NodeView node) {
        return !brokenBefore(node) && !(isOld(node) && broken(node));
    }

    /** Whether its agent did not work before it was replaced. */
    static boolean brokenBefore(NodeView node) {
        return node.trial().map(trial -> !trial.agentReady()).orElse(false);
    }

    /** Whether the agent of an old revision does not work. */
    boolean broken(NodeView node) {
        return !node.agentReady() && !brokenFrom(node).isAfter(now);
    }

    /** When an agent that is not ready counts as broken. */
    static Instant brokenFrom(NodeView node) {
        return node.pod().map(AgentPod::readinessSince).orElse(Instant.EPOCH).plus(BROKEN_AFTER);
    }

    /** Whether it is in its turn for any revision, and so disturbed already. */
    static boolean disturbed(NodeView node) {
        return node.trial().isPresent();
    }

    /** The nodes of an old revision in the order in which canaries are taken: who tells most, and costs least. */
    List<NodeView> canaryCandidates() {
        return old.stream()
                .sorted(Comparator.comparing((NodeView node) -> !inTurn(node))
                        .thenComparing(node -> !disturbed(node))
                        .thenComparing(node -> !node.agentReady())
                        .thenComparing(node -> -node.resources().stream()
                                .filter(resource -> node.healthy(resource) > 0)
                                .count())
                        .thenComparing(NodeView::name))
                .toList();
    }

    /** The replacement of a node's agent; what the node was like before its first turn is kept over a change of plans. */
    Replacement replacement(NodeView node) {
        Trial trial = node.trial()
                .map(found -> found.again(goal, node.agentReady(), now))
                .orElseGet(() -> Trial.begin(node, goal, !broken(node), now));
        return new Replacement(node.pod().orElseThrow(), Optional.of(trial));
    }
}
