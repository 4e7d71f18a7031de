package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.AgentReport;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Trial;
import io.devicemgr.operator.rollout.Replacement;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the steps of a rollout: writes down what a node was like, and deletes its agent, so that the DaemonSet makes a new one.
 * The one place where that happens. What was done is remembered until the caches show it, so that nothing is done twice.
 */
final class PodReplacer {
    private static final Logger LOG = LoggerFactory.getLogger(PodReplacer.class);
    /** Long after any cache has caught up; a note that got lost is forgotten then. */
    private static final Duration FORGET = Duration.ofMinutes(2);

    private final KubernetesClient client;
    private final Clock clock;
    /** Uids of deleted pods, and when. */
    private final Map<String, Instant> deleted = new ConcurrentHashMap<>();

    private final Map<String, Note> notes = new ConcurrentHashMap<>();

    PodReplacer(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** A trial that was written, or taken away, and when. */
    private record Note(Optional<Trial> trial, Instant at) {}

    /**
     * Carries out a step.
     *
     * @throws KubernetesClientException when the API server does not let it; what is left is done with the next step
     */
    void carryOut(DevicePluginDeployment deployment, RolloutPlan plan) {
        plan.release().forEach(node -> write(deployment, node, Optional.empty()));
        for (Replacement replacement : plan.replace()) {
            AgentPod agent = replacement.pod();
            replacement.trial().ifPresent(trial -> write(deployment, agent.node(), Optional.of(trial)));
            LOG.info(
                    "Replacing the agent on {} (pod {}, revision {}) by revision {}",
                    agent.node(),
                    agent.name(),
                    agent.revision(),
                    plan.revision());
            delete(agent.pod());
        }
    }

    /** Ends agents that nothing replaces. */
    void end(List<AgentPod> agents) {
        for (AgentPod agent : agents) {
            LOG.info("Ending the agent on {} (pod {})", agent.node(), agent.name());
            delete(agent.pod());
        }
    }

    /** The pods as they are or will be seen soon: those deleted by us are going. */
    List<Pod> seen(Collection<Pod> pods) {
        return pods.stream().map(this::seen).toList();
    }

    private Pod seen(Pod pod) {
        return deleted.containsKey(pod.getMetadata().getUid())
                        && pod.getMetadata().getDeletionTimestamp() == null
                ? new PodBuilder(pod)
                        .editMetadata()
                        .withDeletionTimestamp(clock.instant().toString())
                        .endMetadata()
                        .build()
                : pod;
    }

    /** The trial that is, or will soon be seen to be, written on a report. */
    Optional<Trial> trial(NodeDeviceReport report) {
        Optional<Trial> cached = Trial.on(report);
        Note note = notes.get(report.getMetadata().getName());
        if (note == null) {
            return cached;
        }
        if (note.trial().equals(cached) || note.at().plus(FORGET).isBefore(clock.instant())) {
            notes.remove(report.getMetadata().getName(), note);
            return cached;
        }
        return note.trial();
    }

    private void write(DevicePluginDeployment deployment, String node, Optional<Trial> trial) {
        String report = NodeDeviceReport.nameOf(deployment.getMetadata().getName(), node);
        String value = trial.map(found -> quoted(found.toJson())).orElse("null");
        try {
            client.resources(NodeDeviceReport.class)
                    .withName(report)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"annotations\":{\"" + Trial.ANNOTATION + "\":" + value + "}}}");
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            trial.ifPresent(found -> create(AgentReport.of(deployment, node, found)));
        }
        Instant now = clock.instant();
        notes.values().removeIf(note -> note.at().plus(FORGET).isBefore(now));
        notes.put(report, new Note(trial, now));
    }

    /** An agent that never worked has not written a report; when one does at last, it takes this one over. */
    private void create(NodeDeviceReport report) {
        client.resource(report).create();
    }

    private static String quoted(String json) {
        return '"' + json.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Pods of a DaemonSet get names that are not used again, so this is the pod that was meant, or none. */
    private void delete(Pod pod) {
        client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete();
        Instant now = clock.instant();
        deleted.values().removeIf(at -> at.plus(FORGET).isBefore(now));
        deleted.put(pod.getMetadata().getUid(), now);
    }
}
