package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which nodes have no working agent, and why; those that only time will cure come last. */
final class AgentProblems {
    static final String SOCKET_MISSING = "DeviceManagerSocketMissing";

    private static final String MISSING = "AgentMissing";
    private static final String REPLACING = "AgentReplacing";
    private static final Set<String> TRANSIENT = Set.of(MISSING, REPLACING, PodTrouble.STARTING);

    private AgentProblems() {}

    static List<NodeProblem> of(Fleet fleet, Situation situation) {
        return fleet.nodes().stream()
                .map(node -> problem(node, situation))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing((NodeProblem problem) -> isTransient(problem))
                        .thenComparing(NodeProblem::node))
                .toList();
    }

    /** Whether a problem is part of any start. */
    static boolean isTransient(NodeProblem problem) {
        return TRANSIENT.contains(problem.reason());
    }

    private static Optional<NodeProblem> problem(NodeView node, Situation situation) {
        Optional<NodeProblem> fromReport = situation.discoverOnly() ? Optional.empty() : reported(node);
        if (node.pod().map(AgentPod::ready).orElse(false)) {
            return fromReport;
        }
        if (!node.nodeReady()) {
            return Optional.of(new NodeProblem(node.name(), "NodeNotReady", "the node is not ready"));
        }
        return Optional.of(node.pod()
                .map(pod -> fromReport.orElseGet(() -> podProblem(node, pod)))
                .orElseGet(() -> missing(node, situation)));
    }

    private static NodeProblem podProblem(NodeView node, AgentPod pod) {
        if (pod.terminating()) {
            return new NodeProblem(node.name(), REPLACING, "the agent is being replaced");
        }
        PodTrouble trouble = PodTrouble.of(pod.pod());
        return new NodeProblem(node.name(), trouble.reason(), trouble.message());
    }

    private static NodeProblem missing(NodeView node, Situation situation) {
        return situation.observed().failedCreates().stream()
                .findFirst()
                .map(message -> new NodeProblem(node.name(), "FailedCreate", Wording.shorten(message, 300)))
                .orElse(new NodeProblem(node.name(), MISSING, "there is no agent pod yet"));
    }

    private static Optional<NodeProblem> reported(NodeView node) {
        if (node.report().isEmpty()) {
            return Optional.empty();
        }
        if (node.report().get().kubeletSocket() == KubeletSocket.Missing) {
            return Optional.of(new NodeProblem(
                    node.name(),
                    SOCKET_MISSING,
                    "/var/lib/kubelet/device-plugins/kubelet.sock is missing: the kubelet is not running or its Device"
                            + " Manager is off"));
        }
        return node.report().get().resources().stream()
                .filter(resource -> !resource.registered()
                        && resource.lastError() != null
                        && !resource.lastError().isBlank())
                .findFirst()
                .map(resource -> refused(node, resource));
    }

    private static NodeProblem refused(NodeView node, NodeDeviceReportStatus.Resource resource) {
        return new NodeProblem(
                node.name(),
                "RegistrationRefused",
                resource.name() + ": " + Wording.shorten(resource.lastError(), 300));
    }
}
