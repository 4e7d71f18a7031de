package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The controllers of Deployments and ReplicaSets, as far as one pod after the other goes: all pods of a new template are started
 * first, and those of the old one end when the new ones are ready, or before with the strategy Recreate.
 */
final class DeploymentController {
    private static final String HASH = "pod-template-hash";

    private final KubernetesClient client;

    DeploymentController(KubernetesClient client) {
        this.client = client;
    }

    void sync(Deployment deployment, List<ReplicaSet> sets, List<Pod> pods) {
        List<ReplicaSet> own = PodTemplates.ownedBy(deployment, sets);
        String hash = PodTemplates.hash(deployment.getSpec().getTemplate());
        List<ReplicaSet> old = own.stream().filter(set -> !isOf(set, hash)).toList();
        boolean recreate = deployment.getSpec().getStrategy() != null
                && "Recreate".equals(deployment.getSpec().getStrategy().getType());
        boolean oldPods =
                old.stream().anyMatch(set -> !PodTemplates.ownedBy(set, pods).isEmpty());
        int wanted = Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
        ReplicaSet current =
                own.stream().filter(set -> isOf(set, hash)).findFirst().orElse(null);
        if (recreate) {
            old.forEach(set -> scale(set, 0));
        }
        if (!recreate || !oldPods) {
            if (current == null) {
                current = client.resource(replicaSet(deployment, hash)).create();
            }
            scale(current, wanted);
        }
        List<Pod> currentPods = current == null ? List.of() : PodTemplates.ownedBy(current, pods);
        long ready = currentPods.stream().filter(PodTemplates::isReady).count();
        if (ready >= wanted) {
            old.forEach(set -> scale(set, 0));
        }
        own.forEach(set -> keep(set, PodTemplates.ownedBy(set, pods)));
        write(deployment, currentPods, old, pods);
    }

    private static boolean isOf(ReplicaSet set, String hash) {
        return hash.equals(set.getMetadata().getLabels().get(HASH));
    }

    private static ReplicaSet replicaSet(Deployment deployment, String hash) {
        PodTemplateSpec template = new PodTemplateSpecBuilder(
                        deployment.getSpec().getTemplate())
                .editMetadata()
                .addToLabels(HASH, hash)
                .endMetadata()
                .build();
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withName(deployment.getMetadata().getName() + "-" + hash)
                .withNamespace(deployment.getMetadata().getNamespace())
                .withLabels(template.getMetadata().getLabels())
                .withOwnerReferences(PodTemplates.controller(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels(deployment.getSpec().getSelector().getMatchLabels())
                .addToMatchLabels(HASH, hash)
                .endSelector()
                .withTemplate(template)
                .endSpec()
                .build();
    }

    private void scale(ReplicaSet set, int replicas) {
        if (!Objects.equals(set.getSpec().getReplicas(), replicas)) {
            set.getSpec().setReplicas(replicas);
            client.apps()
                    .replicaSets()
                    .inNamespace(set.getMetadata().getNamespace())
                    .withName(set.getMetadata().getName())
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            Serialization.asJson(Map.of("spec", Map.of("replicas", replicas))));
        }
    }

    private void keep(ReplicaSet set, List<Pod> pods) {
        List<Pod> live = pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        int wanted = set.getSpec().getReplicas();
        for (int i = live.size(); i < wanted; i++) {
            client.resource(PodTemplates.pod(set.getSpec().getTemplate(), set, Map.of()))
                    .create();
        }
        live.stream().skip(wanted).forEach(pod -> client.resource(pod).delete());
    }

    private void write(Deployment deployment, List<Pod> current, List<ReplicaSet> old, List<Pod> pods) {
        int ready = (int) current.stream().filter(PodTemplates::isReady).count();
        int others = (int) old.stream()
                .flatMap(set -> PodTemplates.ownedBy(set, pods).stream())
                .count();
        DeploymentStatus status = new DeploymentStatusBuilder()
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(current.size() + others)
                .withUpdatedReplicas(current.size())
                .withReadyReplicas(ready)
                .withAvailableReplicas(ready)
                .build();
        if (!status.equals(deployment.getStatus())) {
            client.apps()
                    .deployments()
                    .inNamespace(deployment.getMetadata().getNamespace())
                    .withName(deployment.getMetadata().getName())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
        }
    }
}
