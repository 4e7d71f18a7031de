package io.devicemgr.operator.fleet;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pod with a node agent in it.
 *
 * @param pod the pod
 * @param revision revision of its settings and template; empty when it has none
 */
public record AgentPod(Pod pod, String revision) {
    public AgentPod {
        revision = revision == null ? "" : revision;
    }

    /** Name of the pod. */
    public String name() {
        return pod.getMetadata().getName();
    }

    /** Name of the node that it runs on, or is meant for while it is not scheduled; empty when that is not known. */
    public String node() {
        if (pod.getSpec() == null) {
            return "";
        }
        String scheduled = pod.getSpec().getNodeName();
        return scheduled == null || scheduled.isEmpty() ? meantFor() : scheduled;
    }

    /** The DaemonSet controller names the node of a pod in its affinity. */
    private String meantFor() {
        return Optional.ofNullable(pod.getSpec().getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
                .map(NodeSelector::getNodeSelectorTerms)
                .orElse(List.of())
                .stream()
                .flatMap(term -> term.getMatchFields().stream())
                .filter(field -> "metadata.name".equals(field.getKey()))
                .map(NodeSelectorRequirement::getValues)
                .flatMap(List::stream)
                .findFirst()
                .orElse("");
    }

    /** Whether it is being deleted. */
    public boolean terminating() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether its containers have ended for good. */
    public boolean ended() {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    /** Whether it was told to end, and should have done so long ago: its node is dead, or the kubelet there does not answer. */
    public boolean overdue(Instant now) {
        return terminating()
                && Timestamps.parse(pod.getMetadata().getDeletionTimestamp())
                        .plus(Ending.PATIENCE)
                        .isBefore(now);
    }

    /** Whether the agent in it is ready: every resource registered and streaming. */
    public boolean ready() {
        return !terminating()
                && readiness()
                        .map(condition -> "True".equals(condition.getStatus()))
                        .orElse(false);
    }

    /** Since when it is ready, or not ready. */
    public Instant readinessSince() {
        return readiness()
                .map(PodCondition::getLastTransitionTime)
                .map(Timestamps::parse)
                .orElseGet(this::createdAt);
    }

    /** When the pod was made. */
    public Instant createdAt() {
        return Timestamps.parse(pod.getMetadata().getCreationTimestamp());
    }

    private Optional<PodCondition> readiness() {
        return pod.getStatus() == null || pod.getStatus().getConditions() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition != null && "Ready".equals(condition.getType()))
                        .findFirst();
    }
}
