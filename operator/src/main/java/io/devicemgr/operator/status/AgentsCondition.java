package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.Wording;
import java.util.List;

/** AgentsReady: every selected node has a ready agent. */
final class AgentsCondition {
    private static final ConditionType TYPE = ConditionType.AgentsReady;

    private AgentsCondition() {}

    static Judgement judge(Fleet fleet, List<NodeProblem> problems, Situation situation) {
        if (situation.noAgentsBecause().isPresent()) {
            return Judgement.pending(TYPE, situation.noAgentsBecause().get());
        }
        if (fleet.isEmpty()) {
            return Judgement.yes(TYPE, ConditionReason.NoMatchingNodes, "the placement selects no node");
        }
        if (problems.isEmpty()) {
            return Judgement.yes(
                    TYPE,
                    ConditionReason.AllAgentsReady,
                    "all agents are ready (" + fleet.nodes().size() + " nodes)");
        }
        return Judgement.no(TYPE, reason(problems), message(fleet, problems));
    }

    private static ConditionReason reason(List<NodeProblem> problems) {
        return problems.stream().allMatch(problem -> AgentProblems.SOCKET_MISSING.equals(problem.reason()))
                ? ConditionReason.DeviceManagerSocketMissing
                : ConditionReason.AgentsUnavailable;
    }

    private static String message(Fleet fleet, List<NodeProblem> problems) {
        List<String> named = problems.stream()
                .map(problem -> problem.node() + " " + problem.reason() + " (" + problem.message() + ")")
                .toList();
        return problems.size() + "/" + fleet.nodes().size() + " agents are not ready: " + Wording.firstOf(named);
    }
}
