package io.devicemgr.testkit.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.ObjectEvent;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Nodes, the DaemonSet controller and the agents of a large cluster, played by what they write: pods that are Ready, reports,
 * and nodes that advertise what the reports tell.
 */
final class HollowFleet implements AutoCloseable {
    private static final String LABEL = "devicemgr.io/deployment";
    private static final String REVISION = "devicemgr.io/revision";

    private static final Duration HEARTBEAT = Duration.ofMinutes(5);

    private final SimulatedApiServer server;
    private final int devices;
    private final List<HollowNode> nodes;
    private final ScheduledExecutorService controllers = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "hollow");
        thread.setDaemon(true);
        return thread;
    });
    private final AutoCloseable listener;

    /**
     * Makes the nodes and starts to follow the DaemonSets.
     *
     * @param devices of every deployment on every node
     */
    HollowFleet(SimulatedApiServer server, int nodes, int devices) {
        this.server = server;
        this.devices = devices;
        this.nodes = IntStream.rangeClosed(1, nodes)
                .mapToObj(n -> new HollowNode(server, "node-" + n))
                .toList();
        this.nodes.parallelStream().forEach(HollowNode::create);
        listener = server.objects().onEvent(this::happened);
        controllers.scheduleWithFixedDelay(this::advertise, 1, 1, TimeUnit.SECONDS);
    }

    List<HollowNode> nodes() {
        return nodes;
    }

    /** Kubelets bring their devices into the node status. */
    private void advertise() {
        nodes.parallelStream().forEach(HollowNode::advertise);
    }

    private void happened(ObjectEvent event) {
        boolean set = event.resource().equals("daemonsets");
        boolean podGone = event.resource().equals("pods") && event.type().equals("DELETED");
        String deployment = event.object().at("/metadata/labels").path(LABEL).asText();
        if ((set || podGone) && !deployment.isEmpty()) {
            controllers.execute(() -> sync("devicemgr-" + deployment));
        }
    }

    private synchronized void sync(String name) {
        Optional<ObjectNode> found = server.objects().get("daemonsets.apps", SimulatedCluster.NAMESPACE, name);
        if (found.isEmpty()) {
            return;
        }
        ObjectNode set = found.get();
        nodes.parallelStream().forEach(node -> sync(set, node));
        server.objects().updateStatus("daemonsets.apps", SimulatedCluster.NAMESPACE, name, tree -> {
            tree.withObject("/status")
                    .put("observedGeneration", set.at("/metadata/generation").asLong())
                    .put("desiredNumberScheduled", nodes.size())
                    .put("currentNumberScheduled", nodes.size())
                    .put("numberReady", nodes.size())
                    .put("numberAvailable", nodes.size())
                    .put("numberMisscheduled", 0);
            return tree;
        });
    }

    private void sync(ObjectNode set, HollowNode node) {
        String pod = Json.name(set) + "-" + node.name();
        if (server.objects().get("pods", SimulatedCluster.NAMESPACE, pod).isPresent()) {
            return;
        }
        JsonNode template = set.at("/spec/template");
        server.objects().create("pods", pod(set, template, pod, node.name()));
        server.objects().updateStatus("pods", SimulatedCluster.NAMESPACE, pod, HollowFleet::running);
        String deployment = template.at("/metadata/labels").path(LABEL).asText();
        HollowAgent agent = node.agents()
                .computeIfAbsent(
                        deployment, d -> new HollowAgent(server, d, Deployments.resource(d), node.name(), devices));
        agent.start(
                template.at("/metadata/labels").path(REVISION).asText(),
                set.at("/metadata/ownerReferences/0/uid").asText());
        node.touch();
    }

    private static ObjectNode pod(ObjectNode set, JsonNode template, String name, String node) {
        ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = Json.metadata(pod)
                .put("name", name)
                .put("namespace", SimulatedCluster.NAMESPACE)
                .put("generateName", Json.name(set) + "-");
        metadata.set("labels", template.at("/metadata/labels").deepCopy());
        metadata.set("annotations", template.at("/metadata/annotations").deepCopy());
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "apps/v1")
                .put("kind", "DaemonSet")
                .put("name", Json.name(set))
                .put("uid", Json.at(set, "metadata", "uid"))
                .put("controller", true);
        ObjectNode spec = template.path("spec").deepCopy();
        pod.set("spec", spec.put("nodeName", node));
        return pod;
    }

    private static ObjectNode running(ObjectNode pod) {
        ObjectNode status = pod.putObject("status")
                .put("phase", "Running")
                .put("hostIP", "10.0.0.1")
                .put("podIP", "10.0.0.1")
                .put("qosClass", "Burstable")
                .put("startTime", HollowNode.now());
        for (String condition : List.of("Initialized", "Ready", "ContainersReady", "PodScheduled")) {
            status.withArray("conditions")
                    .addObject()
                    .put("type", condition)
                    .put("status", "True")
                    .put("lastTransitionTime", HollowNode.now());
        }
        pod.at("/spec/containers")
                .forEach(container -> status.withArray("containerStatuses")
                        .addObject()
                        .put("name", container.path("name").asText())
                        .put("image", container.path("image").asText())
                        .put("imageID", "registry.example.com/agent@sha256:" + "0123456789abcdef".repeat(4))
                        .put("containerID", "cri-o://" + "fedcba9876543210".repeat(4))
                        .put("ready", true)
                        .put("started", true)
                        .put("restartCount", 0)
                        .putObject("state")
                        .putObject("running")
                        .put("startedAt", HollowNode.now()));
        return pod;
    }

    /** Pods of others, in another namespace. */
    void addForeignPods(int count) {
        IntStream.range(0, count).parallel().forEach(n -> {
            ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
            Json.metadata(pod)
                    .put("name", "foreign-" + n)
                    .put("namespace", "default")
                    .putObject("labels")
                    .put("app.kubernetes.io/name", "foreign");
            ObjectNode spec = pod.putObject("spec")
                    .put("nodeName", nodes.get(n % nodes.size()).name());
            spec.putArray("containers").addObject().put("name", "main").put("image", "registry.example.com/foreign:1");
            server.objects().create("pods", pod);
            server.objects().updateStatus("pods", "default", "foreign-" + n, HollowFleet::running);
        });
    }

    /** Lets time pass, in which each node tells that it is alive every five minutes. */
    void heartbeats(Duration time) {
        long start = System.nanoTime();
        double perNano = nodes.size() / (double) HEARTBEAT.toNanos();
        long done = 0;
        while (System.nanoTime() - start < time.toNanos()) {
            for (; done < (System.nanoTime() - start) * perNano; done++) {
                nodes.get((int) (done % nodes.size())).heartbeat();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @Override
    public void close() {
        controllers.shutdownNow();
        try {
            listener.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
