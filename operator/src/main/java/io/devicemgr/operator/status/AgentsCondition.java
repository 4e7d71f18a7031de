package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.WatchMode;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** AgentsReady: every selected node has a ready agent. */
final class AgentsCondition {
    private static final ConditionType TYPE = ConditionType.AgentsReady;

    private AgentsCondition() {}

    static Judgement judge(Fleet fleet, List<NodeProblem> problems, Situation situation) {
        if (situation.noAgentsBecause().isPresent()) {
            return Judgement.pending(TYPE, situation.noAgentsBecause().get());
        }
        if (fleet.isEmpty()) {
            return Judgement.yes(
                    TYPE,
                    ConditionReason.NoMatchingNodes,
                    "the placement selects no node: "
                            + NoNodes.why(
                                    situation.deployment().getSpec().placement(),
                                    situation.observed().nodes()));
        }
        return problems.isEmpty()
                ? Judgement.yes(
                        TYPE,
                        ConditionReason.AllAgentsReady,
                        "all agents are ready (" + fleet.nodes().size() + " nodes)" + polling(fleet))
                : Judgement.no(TYPE, reason(problems), message(fleet, problems));
    }

    private static ConditionReason reason(List<NodeProblem> problems) {
        return problems.stream().allMatch(problem -> AgentProblems.SOCKET_MISSING.equals(problem.reason()))
                ? ConditionReason.DeviceManagerSocketMissing
                : ConditionReason.AgentsUnavailable;
    }

    private static String message(Fleet fleet, List<NodeProblem> problems) {
        Map<String, List<String>> nodes = problems.stream()
                .collect(Collectors.groupingBy(
                        problem -> problem.reason() + " (" + problem.message() + ")",
                        LinkedHashMap::new,
                        Collectors.mapping(NodeProblem::node, Collectors.toList())));
        List<String> troubles = nodes.entrySet().stream()
                .map(same -> Wording.names(same.getValue()) + " " + same.getKey())
                .toList();
        return problems.size() + "/" + fleet.nodes().size() + " agents are not ready: " + Wording.firstOf(troubles);
    }

    /** Polling finds everything, but later: worth knowing, and no fault. */
    private static String polling(Fleet fleet) {
        List<String> nodes = fleet.nodes().stream()
                .filter(node -> node.report()
                        .filter(report -> report.watchMode() == WatchMode.Polling)
                        .isPresent())
                .map(NodeView::name)
                .toList();
        return nodes.isEmpty()
                ? ""
                : "; slow to notice changes, for want of inotify (fs.inotify.max_user_instances and max_user_watches): "
                        + Wording.names(nodes);
    }
}
