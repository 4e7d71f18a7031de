package io.devicemgr.testkit.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A node as its kubelet writes it, and the agents on it; nothing runs. */
final class HollowNode {
    private static final int IMAGES = 50;
    private static final int ANNOTATION = 4_000;
    private static final List<String> CONDITIONS = List.of("MemoryPressure", "DiskPressure", "PIDPressure", "Ready");

    private final SimulatedApiServer server;
    private final String name;
    private final Map<String, HollowAgent> agents = new ConcurrentHashMap<>();
    private final AtomicBoolean dirty = new AtomicBoolean();

    HollowNode(SimulatedApiServer server, String name) {
        this.server = server;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** By deployment. */
    Map<String, HollowAgent> agents() {
        return agents;
    }

    void create() {
        ObjectNode node = Json.object().put("apiVersion", "v1").put("kind", "Node");
        ObjectNode metadata = Json.metadata(node).put("name", name);
        metadata.putObject("labels")
                .put("kubernetes.io/os", "linux")
                .put("kubernetes.io/arch", "amd64")
                .put("kubernetes.io/hostname", name)
                .put("node-role.kubernetes.io/worker", "")
                .put("topology.kubernetes.io/zone", "zone-" + Math.floorMod(name.hashCode(), 3));
        metadata.putObject("annotations").put("volumes.kubernetes.io/controller-managed-attach-detach", "true");
        node.putObject("spec").put("podCIDR", "10.0.0.0/24").put("providerID", "hollow:///" + name);
        server.objects().create("nodes", node);
        server.objects().updateStatus("nodes", "", name, tree -> {
            tree.set("status", status());
            return tree;
        });
    }

    private ObjectNode status() {
        ObjectNode status = Json.object();
        for (String list : List.of("capacity", "allocatable")) {
            status.putObject(list)
                    .put("cpu", "16")
                    .put("memory", "64Gi")
                    .put("pods", "110")
                    .put("ephemeral-storage", "100Gi")
                    .put("hugepages-2Mi", "0");
        }
        for (String condition : CONDITIONS) {
            status.withArray("conditions")
                    .addObject()
                    .put("type", condition)
                    .put("status", condition.equals("Ready") ? "True" : "False")
                    .put("reason", "KubeletHas" + condition)
                    .put("message", "kubelet speaks of " + condition + " on this node")
                    .put("lastHeartbeatTime", now())
                    .put("lastTransitionTime", now());
        }
        status.withArray("addresses").addObject().put("type", "Hostname").put("address", name);
        status.putObject("nodeInfo")
                .put("kubeletVersion", "v1.36.2")
                .put("osImage", "Linux")
                .put("operatingSystem", "linux")
                .put("architecture", "amd64")
                .put("containerRuntimeVersion", "cri-o://1.36.0");
        return status;
    }

    /** Gives it what large clusters put on their nodes: 50 images and long annotations. */
    void load() {
        server.objects().update("nodes", "", name, tree -> {
            ObjectNode annotations = Json.child(Json.metadata(tree), "annotations");
            for (int i = 0; i < 3; i++) {
                annotations.put("example.com/notes-" + i, name.repeat(ANNOTATION / name.length()));
            }
            return tree;
        });
        server.objects().updateStatus("nodes", "", name, tree -> {
            for (int i = 0; i < IMAGES; i++) {
                ObjectNode image =
                        tree.withObject("/status").withArray("images").addObject();
                image.withArray("names")
                        .add("registry.example.com/team-" + i + "/image@sha256:" + "0123456789abcdef".repeat(4))
                        .add("registry.example.com/team-" + i + "/image:v1." + i);
                image.put("sizeBytes", 100_000_000L + i);
            }
            return tree;
        });
    }

    /** What a kubelet does all the time: tells that it is alive. */
    void heartbeat() {
        server.objects().updateStatus("nodes", "", name, tree -> {
            tree.at("/status/conditions").forEach(c -> ((ObjectNode) c).put("lastHeartbeatTime", now()));
            return tree;
        });
    }

    /** The devices on this node have changed; its kubelet will say so. */
    void touch() {
        dirty.set(true);
    }

    /** Brings what the agents offer into the status, if it has changed. */
    void advertise() {
        if (dirty.getAndSet(false)) {
            server.objects().updateStatus("nodes", "", name, tree -> {
                agents.values().forEach(agent -> {
                    tree.withObject("/status/capacity").put(agent.resource(), Integer.toString(agent.devices()));
                    tree.withObject("/status/allocatable").put(agent.resource(), Integer.toString(agent.healthy()));
                });
                return tree;
            });
        }
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
