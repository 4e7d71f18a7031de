package io.devicemgr.operator.status;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Holder;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.WatchMode;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.rollout.RolloutInput;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.devicemgr.operator.rollout.RolloutPlanner;
import io.devicemgr.operator.validate.Verdict;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A cluster with one deployment of one resource, described step by step, and the status that follows from it. */
final class Scene {
    static final String SERIAL = "example.com/serial";
    static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

    final List<Node> nodes = new ArrayList<>();
    final List<AgentPod> pods = new ArrayList<>();
    final List<NodeDeviceReport> reports = new ArrayList<>();
    final List<NodeProblem> sharedDevices = new ArrayList<>();
    final List<String> failedCreates = new ArrayList<>();
    final List<Violation> violations = new ArrayList<>();
    SampleDeployment sample = SampleDeployment.named("lab").offering(SERIAL);
    MachineConfigs machineConfigs = MachineConfigs.none(MachineConfigs.Availability.NotServed);
    Optional<Violation> preflight = Optional.empty();
    boolean offersNothing;
    Instant now = START;
    final Map<String, String> podEvents = new HashMap<>();
    Sightings sightings = Sightings.NONE;
    private DevicePluginDeploymentStatus previous;

    /** A node, its ready agent and a report of that many healthy devices, all of them advertised. */
    Scene worker(String name, int devices) {
        return node(name, true, devices).agent(name, "rev", true).report(name, "rev", healthy(devices));
    }

    Scene node(String name, boolean ready, int allocatable) {
        nodes.removeIf(node -> node.getMetadata().getName().equals(name));
        nodes.add(new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .withNewStatus()
                .addToAllocatable(SERIAL, new Quantity(Integer.toString(allocatable)))
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "Unknown")
                .endCondition()
                .endStatus()
                .build());
        return this;
    }

    Scene agent(String node, String revision, boolean ready) {
        return agent(node, revision, ready, null, null);
    }

    Scene failingAgent(String node, ContainerStatus container) {
        return agent(node, "rev", false, container, null);
    }

    Scene goingAgent(String node) {
        return agent(node, "old", false, null, "2026-11-22T08:00:00Z");
    }

    private Scene agent(String node, String revision, boolean ready, ContainerStatus container, String deleted) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("agent-" + node)
                .withDeletionTimestamp(deleted)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withContainerStatuses(container == null ? List.of() : List.of(container))
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build();
        pods.removeIf(other -> other.node().equals(node));
        pods.add(new AgentPod(pod, revision));
        return this;
    }

    Scene report(String node, String revision, List<Device> devices) {
        return report(
                node,
                revision,
                KubeletSocket.Present,
                new Resource(SERIAL, true, true, at(START), null, null, null, null, null),
                devices);
    }

    Scene report(String node, String revision, KubeletSocket socket, Resource registration, List<Device> devices) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.getMetadata().setName(NodeDeviceReport.nameOf("lab", node));
        report.setSpec(new NodeDeviceReportSpec("lab", node));
        report.setStatus(new NodeDeviceReportStatus(
                "1.0", revision, socket, null, null, List.of(registration), devices, List.of(), null, null));
        reports.removeIf(other -> other.getSpec().nodeName().equals(node));
        reports.add(report);
        return this;
    }

    /** The same report, and that the agent finds nothing for some selectors. */
    Scene nothingFound(String node, List<NothingFound> nothing) {
        return amend(
                node,
                told -> new NodeDeviceReportStatus(
                        told.agentVersion(),
                        told.revision(),
                        told.kubeletSocket(),
                        told.watchMode(),
                        null,
                        told.resources(),
                        told.devices(),
                        nothing,
                        null,
                        null));
    }

    /** The same report of an agent that polls and has refused new settings, if there is an error. */
    Scene polling(String node, String settingsError) {
        return amend(
                node,
                told -> new NodeDeviceReportStatus(
                        told.agentVersion(),
                        told.revision(),
                        told.kubeletSocket(),
                        WatchMode.Polling,
                        null,
                        told.resources(),
                        told.devices(),
                        told.nothingFound(),
                        null,
                        settingsError));
    }

    private Scene amend(String node, UnaryOperator<NodeDeviceReportStatus> change) {
        reports.stream()
                .filter(report -> report.getSpec().nodeName().equals(node))
                .forEach(report -> report.setStatus(change.apply(report.getStatus())));
        return this;
    }

    static List<Device> healthy(int count) {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            devices.add(device("tty" + i, DeviceHealth.Healthy, DeviceReason.Present, START, false));
        }
        return devices;
    }

    static Device device(String id, DeviceHealth health, DeviceReason reason, Instant since, boolean held) {
        return new Device(
                SERIAL,
                id,
                List.of("/dev/" + id),
                null,
                health,
                reason,
                null,
                at(since),
                null,
                held ? List.of(new Holder("default", "pod", "main")) : List.of());
    }

    static Device missing(String id, Instant since) {
        return device(id, DeviceHealth.Unhealthy, DeviceReason.Missing, since, false);
    }

    static String at(Instant instant) {
        return instant.toString();
    }

    /** Computes the status and remembers it as the previous one of the next time. */
    DevicePluginDeploymentStatus status() {
        return result().status();
    }

    StatusResult result() {
        DevicePluginDeployment deployment = sample.status(previous).build();
        Verdict verdict = new Verdict(
                violations, offersNothing ? List.of() : deployment.getSpec().resources());
        Optional<RolloutPlan> plan = offersNothing || !verdict.applicable()
                ? Optional.empty()
                : Optional.of(RolloutPlanner.plan(new RolloutInput(
                        deployment.getSpec().rollout(),
                        false,
                        Optional.ofNullable(previous).map(DevicePluginDeploymentStatus::rollout),
                        Optional.of("rev"),
                        Map.of("rev", settings(deployment)),
                        Optional.of("rev"),
                        true,
                        Fleet.of(nodes, pods, reports),
                        now,
                        START)));
        StatusResult result = StatusCalculator.calculate(new Situation(
                deployment,
                verdict,
                "agent:1",
                plan,
                "devicemgr-lab",
                preflight,
                new Observation(
                        Fleet.of(nodes, pods, reports),
                        nodes,
                        new PodTraces(
                                "devices",
                                "devicemgr-lab",
                                "system:openshift:scc:privileged",
                                failedCreates,
                                podEvents),
                        machineConfigs,
                        sharedDevices,
                        sightings),
                now));
        previous = result.status();
        sightings = result.sightings();
        return result;
    }

    private static AgentSettings settings(DevicePluginDeployment deployment) {
        return new AgentSettings(
                "lab",
                "uid",
                null,
                deployment.getSpec().discoverOnly(),
                deployment.getSpec().resources(),
                null);
    }

    static Map<String, String> reasons(DevicePluginDeploymentStatus status) {
        return status.conditions().stream()
                .collect(Collectors.toMap(
                        Condition::getType, condition -> condition.getStatus() + " " + condition.getReason()));
    }

    static Condition condition(DevicePluginDeploymentStatus status, ConditionType type) {
        return Conditions.find(status.conditions(), type).orElseThrow();
    }
}
