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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the whole line with real processes: start to registration, idle memory and CPU, and the time from an unplug to the
 * kubelet's list and to the status of the CR.
 */
public final class BenchmarkMain {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int DEVICES = 16;
    private static final int NODES = 3;
    /** Reports are written at most once a second; what is measured is a change after quiet. */
    private static final Duration QUIET = Duration.ofMillis(1200);

    private static final Pattern REGISTERED = Pattern.compile("registered \\S+ (\\d+) ms after process start");

    private BenchmarkMain() {}

    /** Takes the number of unplugs, 200 unless given. */
    public static void main(String[] arguments) throws IOException {
        int unplugs = arguments.length == 0 ? 200 : Integer.parseInt(arguments[0]);
        Path project =
                Path.of(System.getProperty("project", ".")).toAbsolutePath().normalize();
        Distribution distribution = Distribution.builtIn(project);
        System.out.printf(
                "%s, %s %s, %d processors%n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
        try (SimulatedCluster cluster = SimulatedCluster.start(Duration.ofSeconds(1))) {
            cluster.images().add(Distribution.AGENT_IMAGE, distribution.agent());
            List<Path> machine = DeviceTree.machineDevices();
            for (int n = 1; n <= NODES; n++) {
                SimulatedNode node = cluster.addNode("node-" + n, Map.of());
                for (int d = 0; d < Math.min(DEVICES, machine.size()); d++) {
                    node.devices().plug("/dev/bench" + d, machine.get(d));
                }
            }
            try (OperatorProcess operator =
                            cluster.startOperator(distribution.operatorCommand(), distribution.operatorEnvironment());
                    DeploymentWatch watch = new DeploymentWatch(cluster.client(), "bench")) {
                long applied = System.nanoTime();
                cluster.client().resource(deployment()).create();
                long ready = watch.await(d -> Statuses.isTrue(d, ConditionType.Ready), LIMIT)
                        .orElseThrow(() -> new IllegalStateException("not Ready: see " + operator.log()));
                System.out.printf(
                        Locale.ROOT,
                        "applied -> Ready, operator starting at the same time, %d nodes: %.0f ms%n",
                        NODES,
                        (ready - applied) / 1e6);
                start(cluster);
                unplug(cluster, watch, unplugs);
                idle(cluster, operator);
            }
        }
        System.exit(0);
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

    private static void start(SimulatedCluster cluster) throws IOException {
        List<Double> millis = new ArrayList<>();
        for (Pod pod : agents(cluster)) {
            Path log = cluster.node(pod.getSpec().getNodeName())
                    .log(pod.getMetadata().getName(), container(pod));
            Matcher matcher = REGISTERED.matcher(Files.readString(log));
            if (matcher.find()) {
                millis.add(Double.parseDouble(matcher.group(1)));
            }
        }
        System.out.println("agent process start -> registered (ms): " + Percentiles.of(millis) + " (" + NODES
                + " agents and the operator started at the same time)");
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

    private static void unplug(SimulatedCluster cluster, DeploymentWatch watch, int unplugs) {
        List<Double> toKubelet = new ArrayList<>();
        List<Double> toStatus = new ArrayList<>();
        LockSupport.parkNanos(SETTLE.toNanos());
        for (int i = 0; i < unplugs; i++) {
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
        System.out.println("unplug -> list received by the kubelet (ms): " + Percentiles.of(toKubelet));
        System.out.println("unplug -> status of the CR (ms): " + Percentiles.of(toStatus));
    }

    private static void idle(SimulatedCluster cluster, OperatorProcess operator) throws IOException {
        // The nodes' own status still follows the last device that came back.
        LockSupport.parkNanos(SETTLE.toNanos());
        List<ProcessFigures> before = figures(cluster);
        List<RequestInfo> writes = new CopyOnWriteArrayList<>();
        cluster.apiServer().onRequest(request -> {
            if (request.isWrite() && request.user().startsWith("system:serviceaccount:")) {
                writes.add(request);
            }
        });
        LockSupport.parkNanos(IDLE.toNanos());
        List<ProcessFigures> after = figures(cluster);
        for (int i = 0; i < after.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "idle agent, %d devices: %s; CPU %.2f %% of a processor over %d s%n",
                    DEVICES,
                    after.get(i),
                    after.get(i).cpuPercentSince(before.get(i), IDLE),
                    IDLE.toSeconds());
        }
        System.out.println("idle operator: " + ProcessFigures.of(operator.pid()));
        System.out.println("writes of operator and agents in " + IDLE.toSeconds() + " idle seconds: " + writes);
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
