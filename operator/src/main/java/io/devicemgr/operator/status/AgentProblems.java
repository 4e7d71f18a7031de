package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which nodes have no working agent, and why; those that only time will cure come last. */
final class AgentProblems {
    static final String SOCKET_MISSING = "DeviceManagerSocketMissing";
    /** An agent writes its report within seconds of its start. */
    static final Duration REPORT_GRACE = Duration.ofSeconds(60);

    private static final String MISSING = "AgentMissing";
    private static final String REPLACING = "AgentReplacing";
    private static final String NODE_NOT_READY = "NodeNotReady";
    private static final String NO_REPORT = "ReportMissing";
    private static final Set<String> TRANSIENT = Set.of(MISSING, REPLACING, PodTrouble.STARTING);
    /** What is not about a pod: a pod that is not there yet says nothing of it. */
    private static final Set<String> NOT_OF_PODS =
            Set.of(NODE_NOT_READY, NO_REPORT, SOCKET_MISSING, "RegistrationRefused", "SettingsRefused");

    private final Situation situation;
    private final Sightings.Look look;
    private final Map<String, NodeProblem> told;
    private final boolean sameSpec;

    private AgentProblems(Situation situation, Sightings.Look look) {
        this.situation = situation;
        this.look = look;
        this.sameSpec = situation
                .previous()
                .filter(status -> Objects.equals(status.observedGeneration(), situation.generation()))
                .isPresent();
        this.told = situation.previous().map(DevicePluginDeploymentStatus::nodeProblems).orElse(List.of()).stream()
                .collect(Collectors.toMap(NodeProblem::node, Function.identity(), (first, second) -> first));
    }

    static List<NodeProblem> of(Fleet fleet, Situation situation, Sightings.Look look) {
        AgentProblems problems = new AgentProblems(situation, look);
        return fleet.nodes().stream()
                .map(problems::problem)
                .flatMap(Optional::stream)
                .map(look::found)
                .sorted(Comparator.comparing(AgentProblems::rank).thenComparing(NodeProblem::node))
                .toList();
    }

    /** The list is bounded: dead nodes, which others are called for, do not hide what is wrong with agents. */
    private static int rank(NodeProblem problem) {
        if (isTransient(problem)) {
            return 2;
        }
        return NODE_NOT_READY.equals(problem.reason()) ? 1 : 0;
    }

    /** Whether a problem is part of any start. */
    static boolean isTransient(NodeProblem problem) {
        return TRANSIENT.contains(problem.reason());
    }

    private Optional<NodeProblem> problem(NodeView node) {
        Optional<NodeProblem> fromReport = situation.discoverOnly() ? Optional.empty() : reported(node);
        if (node.agentReady()) {
            return fromReport.or(() -> silent(node));
        }
        if (!node.nodeReady()) {
            return Optional.of(
                    new NodeProblem(node.name(), NODE_NOT_READY, "the node is not ready" + nodeReason(node)));
        }
        return Optional.of(
                node.pod().map(pod -> ofPod(node, pod, fromReport)).orElseGet(() -> known(node, missing(node))));
    }

    /** A report may be older than what happens to the pod; while nothing does, it tells why the agent is not ready. */
    private NodeProblem ofPod(NodeView node, AgentPod pod, Optional<NodeProblem> fromReport) {
        PodTrouble trouble = PodTrouble.of(
                pod.pod(),
                node.node(),
                Optional.ofNullable(situation.observed().traces().byPod().get(pod.name())));
        boolean starting = PodTrouble.STARTING.equals(trouble.reason());
        if (starting && pod.terminating()) {
            return new NodeProblem(node.name(), REPLACING, "the agent is being replaced");
        }
        if (starting && fromReport.isPresent()) {
            return fromReport.get();
        }
        NodeProblem problem = new NodeProblem(node.name(), trouble.reason(), trouble.message());
        return starting && PodTrouble.accepted(pod.pod()) ? problem : known(node, problem);
    }

    /**
     * What the status says already, while no more is known. A pod that was refused or rejected goes and comes again without a
     * word, and a kubelet that waits to pull an image again may not repeat what went wrong.
     */
    private NodeProblem known(NodeView node, NodeProblem now) {
        return before(node)
                .filter(was -> isTransient(now) && !isTransient(was) && !NOT_OF_PODS.contains(was.reason())
                        || now.reason().equals(was.reason()) && was.message().startsWith(now.message()))
                .orElse(now);
    }

    /** What was said of another spec may have been the spec's fault. */
    private Optional<NodeProblem> before(NodeView node) {
        return sameSpec ? look.before(node.name(), told) : Optional.empty();
    }

    private NodeProblem missing(NodeView node) {
        PodTraces traces = situation.observed().traces();
        return traces.failedCreates().stream()
                .findFirst()
                .map(message -> PodRefusal.of(message, traces.account(), traces.namespace(), traces.sccRole()))
                .map(trouble -> new NodeProblem(node.name(), trouble.reason(), trouble.message()))
                .orElse(new NodeProblem(node.name(), MISSING, "there is no agent pod yet"));
    }

    /** The agent works, but does not tell what it sees. */
    private Optional<NodeProblem> silent(NodeView node) {
        String pod = node.pod().map(AgentPod::name).orElse("");
        boolean counts =
                before(node).filter(was -> NO_REPORT.equals(was.reason())).isPresent();
        if (node.reportIsCurrent() || !look.lasts("no report of " + pod, REPORT_GRACE, counts)) {
            return Optional.empty();
        }
        return Optional.of(new NodeProblem(
                node.name(),
                NO_REPORT,
                "the agent is ready but writes no report; its log tells whether it cannot reach the API server or is refused"
                        + " (401, 403: look at ClusterRoleBinding "
                        + situation.observed().traces().account() + " and at admission policies)"));
    }

    private static String nodeReason(NodeView node) {
        return node.conditions()
                .filter(condition -> "Ready".equals(condition.getType()))
                .map(NodeCondition::getReason)
                .filter(Objects::nonNull)
                .findFirst()
                .map(reason -> ": " + reason)
                .orElse("");
    }

    private static Optional<NodeProblem> reported(NodeView node) {
        if (node.report().isEmpty() || !node.reportIsCurrent()) {
            return Optional.empty();
        }
        NodeDeviceReportStatus report = node.report().get();
        if (report.kubeletSocket() == KubeletSocket.Missing) {
            return Optional.of(new NodeProblem(
                    node.name(),
                    SOCKET_MISSING,
                    "/var/lib/kubelet/device-plugins/kubelet.sock is missing: the kubelet is not running or its Device"
                            + " Manager is off"));
        }
        return report.resources().stream()
                .filter(resource -> !resource.registered() && !isBlank(resource.lastError()))
                .findFirst()
                .map(resource -> refused(node, resource))
                .or(() -> settings(node, report));
    }

    private static NodeProblem refused(NodeView node, Resource resource) {
        return new NodeProblem(
                node.name(),
                "RegistrationRefused",
                resource.name() + ": " + Wording.ends(Wording.steady(resource.lastError()), PodTrouble.LENGTH));
    }

    private static Optional<NodeProblem> settings(NodeView node, NodeDeviceReportStatus report) {
        return isBlank(report.settingsError())
                ? Optional.empty()
                : Optional.of(new NodeProblem(
                        node.name(),
                        "SettingsRefused",
                        "the agent goes on with the settings before: "
                                + Wording.ends(Wording.steady(report.settingsError()), PodTrouble.LENGTH)));
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }
}
