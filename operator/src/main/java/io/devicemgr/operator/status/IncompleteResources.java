package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Nodes on which the agent is ready and yet does not offer all that it should, in the agent's own words. */
final class IncompleteResources {
    static final String REASON = "ResourceIncomplete";
    /** A kubelet that has just started does not answer everything at once. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private IncompleteResources() {}

    static List<NodeProblem> of(Fleet fleet, Situation situation, Sightings.Look look) {
        if (situation.noAgentsBecause().isPresent()) {
            return List.of();
        }
        return fleet.nodes().stream()
                .filter(NodeView::agentReady)
                .filter(NodeView::reportIsCurrent)
                .flatMap(node -> node.report().stream()
                        .flatMap(report -> report.resources().stream())
                        .filter(resource -> isIncomplete(resource, situation))
                        .filter(resource -> look.lasts(
                                "incomplete " + node.name() + " " + resource.name(), GRACE, isTold(situation, node)))
                        .limit(1)
                        .map(resource -> new NodeProblem(
                                node.name(),
                                REASON,
                                resource.name() + ": "
                                        + Wording.ends(Wording.steady(resource.lastError()), PodTrouble.LENGTH))))
                .toList();
    }

    /** What is not registered, or is hidden from the agent, has words of its own. */
    private static boolean isIncomplete(Resource resource, Situation situation) {
        return resource.lastError() != null
                && !resource.lastError().isBlank()
                && (resource.registered() || situation.discoverOnly())
                && !Boolean.FALSE.equals(resource.verified());
    }

    private static boolean isTold(Situation situation, NodeView node) {
        return situation.previous().stream()
                .flatMap(status -> Stream.ofNullable(status.nodeProblems()))
                .flatMap(List::stream)
                .anyMatch(problem ->
                        REASON.equals(problem.reason()) && node.name().equals(problem.node()));
    }
}
