package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The whole line with real processes, one operator and three agents: rollout, the time from an unplug to the status of the CR,
 * idle memory and CPU.
 */
final class LineBenchmark {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final int DEVICES = 16;
    private static final int NODES = 3;
    /** Reports are written at most once a second; what is measured is a change after quiet. */
    private static final Duration QUIET = Duration.ofMillis(1200);

    private static final double LIST_TARGET = 10;
    private static final double STATUS_TARGET = 500;
    private static final Pattern REGISTERED = Pattern.compile("registered \\S+ (\\d+) ms after process start");

    private final Distribution distribution;
    private final BenchmarkTable table;
    private final BenchmarkOptions options;

    LineBenchmark(Distribution distribution, BenchmarkTable table, BenchmarkOptions options) {
        this.distribution = distribution;
        this.table = table;
        this.options = options;
    }

    void run() throws IOException {
        table.title("One operator and " + NODES + " agents, " + DEVICES + " devices each, started at the same time");
        try (SimulatedCluster cluster = SimulatedCluster.start(Duration.ofSeconds(1))) {
            cluster.images().add(Distribution.AGENT_IMAGE, distribution.agent());
            addNodes(cluster);
            try (OperatorProcess operator =
                            cluster.startOperator(distribution.operatorCommand(), distribution.operatorEnvironment());
                    DeploymentWatch watch = new DeploymentWatch(cluster.client(), "bench")) {
                long applied = System.nanoTime();
                cluster.client().resource(deployment()).create();
                long ready = watch.await(d -> Statuses.isTrue(d, ConditionType.Ready), LIMIT)
                        .orElseThrow(() -> new IllegalStateException("not Ready: see " + operator.log()));
                table.row("applied -> Ready (ms)", (ready - applied) / 1e6);
                start(cluster);
                unplug(cluster, watch);
                idle(cluster, operator);
            }
        }
    }

    private static void addNodes(SimulatedCluster cluster) throws IOException {
        List<Path> machine = DeviceTree.machineDevices();
        for (int n = 1; n <= NODES; n++) {
            SimulatedNode node = cluster.addNode("node-" + n, Map.of());
            for (int d = 0; d < Math.min(DEVICES, machine.size()); d++) {
                node.devices().plug("/dev/bench" + d, machine.get(d));
            }
        }
    }

    private static DevicePluginDeployment deployment() {
        DevicePluginDeployment deployment = new DevicePluginDeployment();
        deployment.getMetadata().setName("bench");
        deployment.setSpec(new DevicePluginDeploymentSpec(
                null,
                null,
                List.of(new DeviceResource(
                        "example.com/bench", List.of(DeviceSelector.path("/dev/bench*")), null, null, null, null)),
                null,
                null,
                null));
        return deployment;
    }

    private void start(SimulatedCluster cluster) throws IOException {
        List<Double> millis = new ArrayList<>();
        for (Pod pod : agents(cluster)) {
            Path log = cluster.node(pod.getSpec().getNodeName())
                    .log(pod.getMetadata().getName(), container(pod));
            Matcher matcher = REGISTERED.matcher(Files.readString(log));
            if (matcher.find()) {
                millis.add(Double.parseDouble(matcher.group(1)));
            }
        }
        table.row("agent process start -> registered (ms)", Percentiles.of(millis));
    }

    private static List<Pod> agents(SimulatedCluster cluster) {
        return cluster.client()
                .pods()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .list()
                .getItems();
    }

    private static String container(Pod pod) {
        return pod.getSpec().getContainers().get(0).getName();
    }

    private void unplug(SimulatedCluster cluster, DeploymentWatch watch) {
        List<Double> toKubelet = new ArrayList<>();
        List<Double> toStatus = new ArrayList<>();
        LockSupport.parkNanos(SETTLE.toNanos());
        for (int i = 0; i < options.changes(); i++) {
            SimulatedNode node = cluster.node("node-" + (i % NODES + 1));
            String path = "/dev/bench" + (i % node.devices().devices().size());
            KubeletEar ear = new KubeletEar(node);
            LockSupport.parkNanos(QUIET.toNanos());
            long start = System.nanoTime();
            node.devices().unplug(path);
            long listed = watch.await(d -> Statuses.lists(d, node.name(), path), LIMIT)
                    .orElseThrow(() -> new IllegalStateException("status never listed " + path));
            toStatus.add((listed - start) / 1e6);
            toKubelet.add(ear.millisSince(start));
            LockSupport.parkNanos(QUIET.toNanos());
            node.devices().replug(path);
            watch.await(d -> !Statuses.lists(d, node.name(), path), LIMIT)
                    .orElseThrow(() -> new IllegalStateException("status never recovered " + path));
        }
        table.row("unplug -> list received by the kubelet (ms)", Percentiles.of(toKubelet), LIST_TARGET);
        table.row("unplug -> status of the CR (ms)", Percentiles.of(toStatus), STATUS_TARGET);
    }

    private void idle(SimulatedCluster cluster, OperatorProcess operator) throws IOException {
        // The nodes' own status still follows the last device that came back.
        LockSupport.parkNanos(SETTLE.toNanos());
        List<ProcessFigures> before = figures(cluster);
        ProcessFigures operatorBefore = ProcessFigures.of(operator.pid());
        List<RequestInfo> writes = new CopyOnWriteArrayList<>();
        cluster.apiServer().onRequest(request -> {
            if (request.isWrite() && !request.isLease() && request.user().startsWith("system:serviceaccount:")) {
                writes.add(request);
            }
        });
        LockSupport.parkNanos(options.idle().toNanos());
        List<ProcessFigures> after = figures(cluster);
        table.title("The same, idle for " + options.idle().toSeconds() + " s");
        table.row("agents: RSS (MiB)", Percentiles.of(after.stream().map(ProcessFigures::rssMiB)));
        table.row("agents: PSS (MiB)", Percentiles.of(after.stream().map(ProcessFigures::pssMiB)));
        table.row("agents: anonymous (MiB)", Percentiles.of(after.stream().map(ProcessFigures::anonymousMiB)));
        table.row(
                "agents: processor (% of one)",
                Percentiles.of(IntStream.range(0, after.size())
                        .mapToObj(i -> after.get(i).cpuPercentSince(before.get(i), options.idle()))));
        ProcessFigures idleOperator = ProcessFigures.of(operator.pid());
        table.row("operator: RSS (MiB)", idleOperator.rssMiB());
        table.row("operator: anonymous (MiB)", idleOperator.anonymousMiB());
        table.row("operator: processor (% of one)", idleOperator.cpuPercentSince(operatorBefore, options.idle()));
        table.row("writes to the API server by operator and agents", writes.size(), 0);
        writes.forEach(write -> table.note("  " + write));
    }

    private static List<ProcessFigures> figures(SimulatedCluster cluster) throws IOException {
        List<ProcessFigures> figures = new ArrayList<>();
        for (Pod pod : agents(cluster)) {
            long pid = cluster.node(pod.getSpec().getNodeName())
                    .processId(SimulatedCluster.NAMESPACE, pod.getMetadata().getName(), container(pod))
                    .orElseThrow();
            figures.add(ProcessFigures.of(pid));
        }
        return figures;
    }
}
