package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What controllers make of a pod template. */
final class PodTemplates {
    private PodTemplates() {}

    /** Hash of a template; equal templates have the same. */
    static String hash(PodTemplateSpec template) {
        return Integer.toHexString(Serialization.asJson(template).hashCode());
    }

    static Pod pod(PodTemplateSpec template, HasMetadata owner, Map<String, String> moreLabels) {
        Map<String, String> labels = new HashMap<>(moreLabels);
        if (template.getMetadata() != null && template.getMetadata().getLabels() != null) {
            labels.putAll(template.getMetadata().getLabels());
        }
        return new PodBuilder()
                .withNewMetadata()
                .withGenerateName(owner.getMetadata().getName() + "-")
                .withNamespace(owner.getMetadata().getNamespace())
                .withLabels(labels)
                .withAnnotations(
                        template.getMetadata() == null
                                ? null
                                : template.getMetadata().getAnnotations())
                .withOwnerReferences(controller(owner))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }

    static OwnerReference controller(HasMetadata owner) {
        return new OwnerReference(
                owner.getApiVersion(),
                true,
                true,
                owner.getKind(),
                owner.getMetadata().getName(),
                owner.getMetadata().getUid());
    }

    static <T extends HasMetadata> List<T> ownedBy(HasMetadata owner, List<T> objects) {
        return objects.stream()
                .filter(object -> object.getMetadata().getOwnerReferences().stream()
                        .anyMatch(reference ->
                                reference.getUid().equals(owner.getMetadata().getUid())))
                .toList();
    }

    static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    /** Pending, Running, Succeeded or Failed. */
    static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? "Pending"
                : pod.getStatus().getPhase();
    }
}
