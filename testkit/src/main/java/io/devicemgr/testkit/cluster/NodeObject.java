package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.kubelet.DeviceCount;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
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

    void create(Map<String, String> labels, String kubeletVersion) {
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
        Map<String, String> resources = Map.of("cpu", "4", "memory", "8Gi", "pods", "110");
        patch(Map.of(
                "nodeInfo",
                Map.of("kubeletVersion", kubeletVersion, "operatingSystem", "linux"),
                "capacity",
                resources,
                "allocatable",
                resources,
                "conditions",
                ready("True")));
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

    /** The Ready condition: Unknown is what the node controller writes when it hears nothing. */
    void ready(boolean ready) {
        patch(Map.of("conditions", ready(ready ? "True" : "Unknown")));
    }

    private static List<Map<String, String>> ready(String status) {
        return List.of(Map.of("type", "Ready", "status", status, "reason", "Simulated"));
    }

    private void patch(Map<String, Object> status) {
        client.nodes()
                .withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
    }
}
