package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.fleet.AgentPod;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Decides which agents are replaced now. Knows AllAtOnce, OnDelete and pausing; Staged is refused by the schema. */
public final class RolloutPlanner {
    private RolloutPlanner() {}

    /**
     * Plans the next step.
     *
     * @param revision the revision that every agent is to have
     * @param templateLive whether the DaemonSet controller makes new pods of that revision already; a pod that is deleted
     *     before would come back as it was
     * @param nodes names of the nodes that are to have an agent
     * @param pods the agent pods
     */
    public static RolloutPlan plan(
            RolloutSpec rollout, String revision, boolean templateLive, Set<String> nodes, Collection<AgentPod> pods) {
        Set<String> updated = pods.stream()
                .filter(pod -> pod.revision().equals(revision) && !pod.terminating() && nodes.contains(pod.node()))
                .map(AgentPod::node)
                .collect(Collectors.toUnmodifiableSet());
        List<AgentPod> old =
                pods.stream().filter(pod -> !pod.revision().equals(revision)).toList();
        if (old.isEmpty() && updated.size() == nodes.size()) {
            return new RolloutPlan(
                    List.of(),
                    ConditionReason.Complete,
                    "every agent is of revision " + revision + " (" + nodes.size() + " nodes)",
                    updated);
        }
        return unfinished(rollout, revision, templateLive, nodes, old, updated);
    }

    private static RolloutPlan unfinished(
            RolloutSpec rollout,
            String revision,
            boolean templateLive,
            Set<String> nodes,
            List<AgentPod> old,
            Set<String> updated) {
        String progress =
                updated.size() + "/" + nodes.size() + " nodes have revision " + revision + waitingFor(nodes, updated);
        if (rollout.paused() && !old.isEmpty()) {
            return new RolloutPlan(
                    List.of(), ConditionReason.Paused, progress + "; set rollout.paused to false to go on", updated);
        }
        if (rollout.strategy() == RolloutSpec.Strategy.OnDelete && !old.isEmpty()) {
            return new RolloutPlan(
                    List.of(), ConditionReason.WaitingForDeletion, progress + "; delete the agent pods there", updated);
        }
        List<AgentPod> replace =
                templateLive ? old.stream().filter(pod -> !pod.terminating()).toList() : List.of();
        return new RolloutPlan(replace, ConditionReason.RollingOut, progress, updated);
    }

    private static String waitingFor(Set<String> nodes, Set<String> updated) {
        TreeSet<String> missing = new TreeSet<>(nodes);
        missing.removeAll(updated);
        if (missing.isEmpty()) {
            return "";
        }
        String first = String.join(", ", missing.stream().limit(3).toList());
        return "; not yet: " + first + (missing.size() > 3 ? " and " + (missing.size() - 3) + " more" : "");
    }
}
