package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.kubelet.DeviceCount;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node's Node object, as its kubelet writes it. */
final class NodeObject {
    private final KubernetesClient client;
    private final String name;
    private Map<String, DeviceCount> written = Map.of();

    NodeObject(KubernetesClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /** Registers the node unless it is there already, as a kubelet does at its start. */
    void register(Map<String, String> labels, String kubeletVersion) {
        if (client.nodes().withName(name).get() == null) {
            create(labels);
        }
        Map<String, String> resources = Map.of("cpu", "4", "memory", "8Gi", "pods", "110");
        written = Map.of();
        patch(Map.of(
                "nodeInfo",
                Map.of("kubeletVersion", kubeletVersion, "operatingSystem", "linux"),
                "capacity",
                resources,
                "allocatable",
                resources));
    }

    private void create(Map<String, String> labels) {
        Map<String, String> all = new TreeMap<>(labels);
        all.put("kubernetes.io/os", "linux");
        all.put("kubernetes.io/hostname", name);
        client.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(all)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build())
                .create();
    }

    /** Capacity and allocatable of extended resources; keys are never taken away, as in a real kubelet. */
    void resources(Map<String, DeviceCount> resources) {
        if (resources.equals(written)) {
            return;
        }
        Map<String, String> capacity = new TreeMap<>();
        Map<String, String> allocatable = new TreeMap<>();
        resources.forEach((resource, count) -> {
            capacity.put(resource, Integer.toString(count.capacity()));
            allocatable.put(resource, Integer.toString(count.allocatable()));
        });
        patch(Map.of("capacity", capacity, "allocatable", allocatable));
        written = Map.copyOf(resources);
    }

    /** The Ready condition as the kubelet of the node writes it. */
    void ready(boolean ready) {
        if (ready) {
            condition("True", "KubeletReady", "kubelet is posting ready status");
        } else {
            condition(
                    "False",
                    "KubeletNotReady",
                    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady");
        }
    }

    /** The Ready condition. */
    void condition(String status, String reason, String message) {
        String now = Instant.now().toString();
        patch(Map.of(
                "conditions",
                List.of(Map.of(
                        "type", "Ready",
                        "status", status,
                        "reason", reason,
                        "message", message,
                        "lastHeartbeatTime", now,
                        "lastTransitionTime", now))));
    }

    private void patch(Map<String, Object> status) {
        client.nodes()
                .withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
    }
}
