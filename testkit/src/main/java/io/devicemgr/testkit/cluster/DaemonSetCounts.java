package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The counts in a DaemonSet's status. A pod that is being deleted counts as long as it is there. */
final class DaemonSetCounts {
    private DaemonSetCounts() {}

    /**
     * @param known the DaemonSet as the controller knows it
     * @param newest the DaemonSet as it is
     */
    static void write(
            KubernetesClient client,
            DaemonSet known,
            DaemonSet newest,
            List<Node> nodes,
            Map<String, List<Pod>> podsByNode) {
        DaemonSetStatus status = status(known, nodes, podsByNode);
        if (status.equals(newest.getStatus())) {
            return;
        }
        client.apps()
                .daemonSets()
                .inNamespace(newest.getMetadata().getNamespace())
                .withName(newest.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
    }

    private static DaemonSetStatus status(DaemonSet daemonSet, List<Node> nodes, Map<String, List<Pod>> podsByNode) {
        String hash = DaemonPodTemplate.hash(daemonSet);
        int desired = 0;
        int current = 0;
        int ready = 0;
        int updated = 0;
        int misscheduled = 0;
        for (Node node : nodes) {
            Optional<Pod> pod =
                    oldest(podsByNode.getOrDefault(node.getMetadata().getName(), List.of()));
            if (!DaemonSetController.shouldRun(daemonSet, node)) {
                misscheduled += pod.isPresent() ? 1 : 0;
                continue;
            }
            desired++;
            current += pod.isPresent() ? 1 : 0;
            ready += pod.filter(DaemonSetCounts::isReady).isPresent() ? 1 : 0;
            updated += pod.filter(p -> DaemonPodTemplate.hash(p).equals(hash)).isPresent() ? 1 : 0;
        }
        return new DaemonSetStatusBuilder()
                .withObservedGeneration(daemonSet.getMetadata().getGeneration())
                .withDesiredNumberScheduled(desired)
                .withCurrentNumberScheduled(current)
                .withNumberReady(ready)
                .withNumberAvailable(ready)
                .withNumberUnavailable(desired - ready)
                .withUpdatedNumberScheduled(updated)
                .withNumberMisscheduled(misscheduled)
                .build();
    }

    private static Optional<Pod> oldest(List<Pod> pods) {
        return pods.stream()
                .min(Comparator.comparing((Pod pod) -> pod.getSpec().getNodeName() == null)
                        .thenComparing(pod -> pod.getMetadata().getCreationTimestamp()));
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }
}
