package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Nodes on which something that is not ours offers a resource of ours: the node advertises it although our agent there has not
 * registered it, or the kubelet's devices are not the agent's. A kubelet takes a while to forget an agent, so only what lasts counts.
 */
final class OtherPlugins {
    static final String REASON = "OtherPlugin";
    static final Duration GRACE = Duration.ofSeconds(30);

    private OtherPlugins() {}

    static List<NodeProblem> of(Fleet fleet, Situation situation, Sightings.Look look) {
        if (situation.discoverOnly() || situation.noAgentsBecause().isPresent()) {
            return List.of();
        }
        return fleet.nodes().stream()
                .flatMap(node -> situation.verdict().offered().stream()
                        .filter(resource -> isSeen(node, resource))
                        .filter(resource -> look.lasts(
                                "another plugin " + node.name() + " " + resource.name(),
                                GRACE,
                                isTold(situation, node)))
                        .limit(1)
                        .map(resource -> problem(node, resource)))
                .toList();
    }

    /** Whether it looks so at this moment. */
    static boolean isSeen(NodeView node, DeviceResource resource) {
        return node.nodeReady()
                && node.reportIsCurrent()
                && node.allocatable(resource.name()) > 0
                && node.resource(resource.name())
                        .filter(told -> !told.registered() || hidesTheAgents(told))
                        .isPresent();
    }

    /** Whether the kubelet reads the agent's list and yet shows other devices. */
    private static boolean hidesTheAgents(Resource told) {
        return told.registered() && Boolean.FALSE.equals(told.verified());
    }

    private static NodeProblem problem(NodeView node, DeviceResource resource) {
        boolean registered =
                node.resource(resource.name()).map(Resource::registered).orElse(false);
        return new NodeProblem(
                node.name(),
                REASON,
                resource.name() + " is advertised by the node, but "
                        + (registered
                                ? "the kubelet does not show the devices of the agent"
                                : "the agent has not registered it")
                        + ": another device plugin offers it there; remove that plugin, or rename the resource");
    }

    private static boolean isTold(Situation situation, NodeView node) {
        return situation.previous().map(DevicePluginDeploymentStatus::nodeProblems).stream()
                .flatMap(problems -> problems == null ? Stream.<NodeProblem>empty() : problems.stream())
                .anyMatch(problem ->
                        REASON.equals(problem.reason()) && node.name().equals(problem.node()));
    }
}
