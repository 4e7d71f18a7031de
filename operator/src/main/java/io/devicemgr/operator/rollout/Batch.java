package io.devicemgr.operator.rollout;

import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which agents are replaced next, so that never more than maxUnavailable are away. */
final class Batch {
    private final Step step;
    private final List<String> away = new ArrayList<>();
    private final List<String> inTurn = new ArrayList<>();
    private boolean full;

    Batch(Step step) {
        this.step = step;
    }

    /** Counts a node whose agent is away; not one that did not work before or has just joined: it is not ours to wait for. */
    void away(NodeView node) {
        if (step.turns.inTurn(node) && !Turns.brokenBefore(node)) {
            inTurn.add(node.name());
        }
        if (!Turns.brokenBefore(node) && !(step.turns.isFresh(node) && step.turns.joined(node))) {
            away.add(node.name());
        }
    }

    /** Replaces what does not work anyway, and working agents as far as there is room. */
    void fill() {
        List<NodeView> working = new ArrayList<>();
        int going = 0;
        for (NodeView node : step.turns.old) {
            if (Turns.disturbed(node) || step.turns.broken(node)) {
                step.replace(step.turns.replacement(node));
                going += node.agentReady() || step.turns.telling(node) ? 1 : 0;
            } else if (node.agentReady()) {
                working.add(node);
            } else {
                // It may come back; until that is clear it is away.
                step.reached(Turns.brokenFrom(node));
                away.add(node.name());
            }
        }
        int room = Math.max(0, step.maxUnavailable - away.size() - going);
        full = room < working.size();
        working.stream()
                .sorted(Comparator.comparing(NodeView::name))
                .limit(room)
                .forEach(node -> step.replace(step.turns.replacement(node)));
    }

    /** Whether there is a node in its turn that has not come back. */
    boolean waiting() {
        return !inTurn.isEmpty();
    }

    /** Whether agents wait to be replaced and none may be. */
    boolean blocked() {
        return full && away.size() >= step.maxUnavailable;
    }

    /** What the rest waits for, for the end of a message. */
    String blockedBy() {
        return away.isEmpty() ? "" : "; waiting for " + Wording.firstOf(away, ", ");
    }
}
