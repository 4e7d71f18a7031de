package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Removes pods of nodes that are no longer (pkg/controller/podgc in Kubernetes): first their phase is Failed, then they go
 * without grace. A real one waits 40 s for the node to come back.
 */
final class PodGarbageCollector {
    private final KubernetesClient client;

    PodGarbageCollector(KubernetesClient client) {
        this.client = client;
    }

    void sync(List<Node> nodes, List<Pod> pods) {
        Set<String> names =
                nodes.stream().map(node -> node.getMetadata().getName()).collect(Collectors.toSet());
        pods.stream()
                .filter(pod -> pod.getSpec().getNodeName() != null
                        && !names.contains(pod.getSpec().getNodeName()))
                .forEach(this::collect);
    }

    private void collect(Pod pod) {
        var resource = client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName());
        List<PodCondition> conditions = new ArrayList<>(pod.getStatus().getConditions());
        conditions.add(new PodConditionBuilder()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withReason("DeletionByPodGC")
                .withMessage("PodGC: node no longer exists")
                .build());
        resource.subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(Map.of("status", Map.of("phase", "Failed", "conditions", conditions))));
        resource.withGracePeriod(0).delete();
    }
}
