package io.devicemgr.operator.telemetry;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.metrics.Gauge.Sample;
import io.devicemgr.metrics.MetricRegistry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statuses of the deployments as gauges: read off the cache, so that a deployment that goes takes its series along. */
final class DeploymentGauges {
    private static final String CONTROLLER = "deviceplugindeployment";
    private static final double MILLIS = 1000;

    private final Supplier<Stream<DevicePluginDeployment>> deployments;
    private final Supplier<Set<String>> cordoned;

    private DeploymentGauges(Supplier<Stream<DevicePluginDeployment>> deployments, Supplier<Set<String>> cordoned) {
        this.deployments = deployments;
        this.cordoned = cordoned;
    }

    static void register(
            MetricRegistry registry,
            LoopMetrics loop,
            Supplier<Stream<DevicePluginDeployment>> deployments,
            Supplier<Set<String>> cordoned) {
        DeploymentGauges gauges = new DeploymentGauges(deployments, cordoned);
        registry.gauge(
                "last_reconcile_timestamp_seconds",
                "When the last reconcile of a deployment ended, whatever its outcome.",
                () -> gauges.each((name, status) -> loop.last(CONTROLLER, name).stream()
                        .map(time -> Sample.of(time.toEpochMilli() / MILLIS, name))),
                "deployment");
        registry.gauge(
                "devices", "Devices by health.", () -> gauges.each(DeploymentGauges::devices), "deployment", "health");
        registry.gauge(
                "devices_allocated",
                "Devices that containers hold.",
                () -> gauges.each((name, status) -> status.devices() == null
                        ? Stream.of()
                        : Stream.of(Sample.of(count(status.devices().allocated()), name))),
                "deployment");
        registry.gauge(
                "nodes",
                "Nodes: matched by the placement, with an agent that is ready, with an agent of the current revision.",
                () -> gauges.each(DeploymentGauges::nodes),
                "deployment",
                "state");
        gauges.troubles(registry);
        registry.gauge(
                "spec_observed",
                "Whether the status speaks of the spec as it is now; 0 while a change waits for its reconcile.",
                () -> deployments.get().map(DeploymentGauges::observed),
                "deployment");
        registry.gauge(
                "rollout_phase",
                "The phase that the rollout is in: 1.",
                () -> gauges.each((name, status) ->
                        status.rollout() == null || status.rollout().phase() == null
                                ? Stream.of()
                                : Stream.of(Sample.of(1, name, status.rollout().phase()))),
                "deployment",
                "phase");
        registry.gauge(
                "condition",
                "Conditions as they are: 1. The KubeletConfig's state is that of type KubeletConfigured.",
                () -> gauges.each(DeploymentGauges::conditions),
                "deployment",
                "type",
                "status",
                "reason");
    }

    /** Of nodes that are not cordoned: where somebody is at work, nobody has to be called. */
    private void troubles(MetricRegistry registry) {
        registry.gauge(
                "node_problems",
                "Nodes with a problem, by the word of status.nodeProblems, which lists up to 50; without those that are cordoned.",
                () -> {
                    Set<String> closed = cordoned.get();
                    return each((name, status) -> problems(name, status, closed));
                },
                "deployment",
                "reason");
        registry.gauge(
                "devices_unhealthy_cordoned",
                "Of the unhealthy devices, those on cordoned nodes, as far as status.unhealthyDevices has them, which lists up to 50.",
                () -> {
                    Set<String> closed = cordoned.get();
                    return each((name, status) -> unhealthy(name, status, closed));
                },
                "deployment");
    }

    private interface OfStatus {
        Stream<Sample> samples(String name, DevicePluginDeploymentStatus status);
    }

    private Stream<Sample> each(OfStatus gauge) {
        Function<DevicePluginDeployment, Stream<Sample>> samples =
                deployment -> gauge.samples(deployment.getMetadata().getName(), deployment.getStatus());
        return deployments
                .get()
                .filter(deployment -> deployment.getStatus() != null)
                .flatMap(samples);
    }

    private static Stream<Sample> devices(String name, DevicePluginDeploymentStatus status) {
        return status.devices() == null
                ? Stream.of()
                : Stream.of(
                        Sample.of(count(status.devices().healthy()), name, "Healthy"),
                        Sample.of(count(status.devices().unhealthy()), name, "Unhealthy"));
    }

    private static Stream<Sample> nodes(String name, DevicePluginDeploymentStatus status) {
        return status.nodes() == null
                ? Stream.of()
                : Stream.of(
                        Sample.of(count(status.nodes().matched()), name, "matched"),
                        Sample.of(count(status.nodes().ready()), name, "ready"),
                        Sample.of(count(status.nodes().updated()), name, "updated"));
    }

    private static Stream<Sample> unhealthy(String name, DevicePluginDeploymentStatus status, Set<String> closed) {
        return status.unhealthyDevices() == null
                ? Stream.of()
                : Stream.of(Sample.of(
                        status.unhealthyDevices().stream()
                                .filter(device -> closed.contains(device.node()))
                                .count(),
                        name));
    }

    private static Stream<Sample> problems(String name, DevicePluginDeploymentStatus status, Set<String> closed) {
        return status.nodeProblems() == null
                ? Stream.of()
                : status.nodeProblems().stream()
                        .filter(problem -> !closed.contains(problem.node()))
                        .collect(Collectors.groupingBy(NodeProblem::reason, TreeMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(nodes -> Sample.of(nodes.getValue(), name, nodes.getKey()));
    }

    private static Sample observed(DevicePluginDeployment deployment) {
        ObjectMeta metadata = deployment.getMetadata();
        DevicePluginDeploymentStatus status = deployment.getStatus();
        return Sample.of(
                status != null && Objects.equals(status.observedGeneration(), metadata.getGeneration()),
                metadata.getName());
    }

    private static Stream<Sample> conditions(String name, DevicePluginDeploymentStatus status) {
        return status.conditions() == null
                ? Stream.of()
                : status.conditions().stream()
                        .map(condition ->
                                Sample.of(1, name, condition.getType(), condition.getStatus(), condition.getReason()));
    }

    /** Kubernetes leaves zeros out. */
    private static int count(Integer value) {
        return value == null ? 0 : value;
    }
}
