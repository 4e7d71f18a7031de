package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The DaemonSet controller as far as OnDelete goes: one pod on every node that the template's nodeSelector matches and whose
 * taints it tolerates, made anew when it is deleted or has failed; the counts in status. It never replaces a running pod.
 */
final class DaemonSetController {
    private static final String REVISION = "controller-revision-hash";

    private final KubernetesClient client;

    DaemonSetController(KubernetesClient client) {
        this.client = client;
    }

    void sync(DaemonSet daemonSet, List<Node> nodes, List<Pod> allPods) {
        List<Pod> pods = allPods.stream().filter(pod -> owns(daemonSet, pod)).toList();
        String revision = revision(daemonSet.getSpec().getTemplate());
        Map<String, Pod> byNode = new HashMap<>();
        pods.forEach(pod -> byNode.put(pod.getSpec().getNodeName(), pod));
        Set<String> wanted = new HashSet<>();
        for (Node node : nodes) {
            if (eligible(daemonSet.getSpec().getTemplate(), node)) {
                wanted.add(node.getMetadata().getName());
                if (!byNode.containsKey(node.getMetadata().getName())) {
                    create(daemonSet, node.getMetadata().getName(), revision);
                }
            }
        }
        for (Pod pod : pods) {
            boolean failed =
                    pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase());
            if (pod.getMetadata().getDeletionTimestamp() == null
                    && (failed || !wanted.contains(pod.getSpec().getNodeName()))) {
                client.resource(pod).delete();
            }
        }
        writeStatus(daemonSet, status(daemonSet, wanted, byNode, revision));
    }

    private static boolean owns(DaemonSet daemonSet, Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getUid().equals(daemonSet.getMetadata().getUid()));
    }

    private static String revision(PodTemplateSpec template) {
        return Integer.toHexString(Serialization.asJson(template).hashCode());
    }

    private static boolean eligible(PodTemplateSpec template, Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        Map<String, String> selector = template.getSpec().getNodeSelector();
        boolean selected = selector == null || labels.entrySet().containsAll(selector.entrySet());
        List<Toleration> tolerations = template.getSpec().getTolerations();
        return selected
                && node.getSpec().getTaints().stream()
                        .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                        .allMatch(taint -> tolerations.stream().anyMatch(t -> tolerates(t, taint)));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        boolean effect =
                isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
        boolean key = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
        boolean value = "Exists".equals(toleration.getOperator())
                || (toleration.getValue() == null ? "" : toleration.getValue())
                        .equals(taint.getValue() == null ? "" : taint.getValue());
        return effect && key && value;
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    private void create(DaemonSet daemonSet, String node, String revision) {
        PodTemplateSpec template = daemonSet.getSpec().getTemplate();
        Map<String, String> labels = new HashMap<>(template.getMetadata().getLabels());
        labels.put(REVISION, revision);
        OwnerReference owner = new OwnerReference(
                "apps/v1",
                true,
                true,
                "DaemonSet",
                daemonSet.getMetadata().getName(),
                daemonSet.getMetadata().getUid());
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withGenerateName(daemonSet.getMetadata().getName() + "-")
                .withNamespace(daemonSet.getMetadata().getNamespace())
                .withLabels(labels)
                .withAnnotations(template.getMetadata().getAnnotations())
                .withOwnerReferences(owner)
                .endMetadata()
                .withSpec(template.getSpec())
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .build();
        client.resource(pod).create();
    }

    private static DaemonSetStatus status(
            DaemonSet daemonSet, Set<String> wanted, Map<String, Pod> byNode, String revision) {
        int current = 0;
        int ready = 0;
        int updated = 0;
        for (String node : wanted) {
            Pod pod = byNode.get(node);
            if (pod != null) {
                current++;
                ready += isReady(pod) ? 1 : 0;
                updated += revision.equals(pod.getMetadata().getLabels().get(REVISION)) ? 1 : 0;
            }
        }
        return new DaemonSetStatusBuilder()
                .withObservedGeneration(daemonSet.getMetadata().getGeneration())
                .withDesiredNumberScheduled(wanted.size())
                .withCurrentNumberScheduled(current)
                .withNumberReady(ready)
                .withNumberAvailable(ready)
                .withNumberUnavailable(wanted.size() - ready)
                .withUpdatedNumberScheduled(updated)
                .withNumberMisscheduled(0)
                .build();
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    private void writeStatus(DaemonSet daemonSet, DaemonSetStatus status) {
        if (status.equals(daemonSet.getStatus())) {
            return;
        }
        client.apps()
                .daemonSets()
                .inNamespace(daemonSet.getMetadata().getNamespace())
                .withName(daemonSet.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
    }
}
