package io.devicemgr.operator.uninstall;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.status.EndingStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes deployments, and ends their agents where no operator does. */
final class DeploymentsEnd {
    private static final Logger LOG = LoggerFactory.getLogger(DeploymentsEnd.class);

    /** An operator says within seconds that it has begun; another one takes over from a lost one in 15 s. */
    private static final Duration FIRST_WORD = Duration.ofSeconds(25);
    /** An operator takes less than a minute. */
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final KubernetesClient client;
    private final AgentsEnd agents;
    private final Clock clock;
    /** When each was seen first as being deleted, by uid: the API server's clock may be another. */
    private final Map<String, Instant> ending = new HashMap<>();

    DeploymentsEnd(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.agents = new AgentsEnd(client, namespace, clock);
        this.clock = clock;
    }

    /** All of them; none when nobody serves them any more. */
    List<DevicePluginDeployment> all() {
        try {
            return client.resources(DevicePluginDeployment.class).list().getItems();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /** One step: deletes those that are not being deleted yet, also when somebody makes them again. Returns what is still there, in words. */
    List<String> step(Predicate<DevicePluginDeployment> which) {
        return all().stream().filter(which).map(this::end).toList();
    }

    private String end(DevicePluginDeployment deployment) {
        String name = deployment.getMetadata().getName();
        if (deployment.getMetadata().getDeletionTimestamp() == null) {
            client.resources(DevicePluginDeployment.class)
                    .withName(name)
                    .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                    .delete();
            return name + ": deleted now";
        }
        Instant now = clock.instant();
        String uid = deployment.getMetadata().getUid();
        Instant since = ending.computeIfAbsent(uid, first -> now);
        boolean begun = EndingStatus.isShown(deployment);
        if (now.isAfter(since.plus(begun ? LONGEST : FIRST_WORD)) && held(deployment)) {
            return name + ": no operator ends its agents, so this does; " + withoutOperator(deployment);
        }
        return name + ": "
                + (begun ? readiness(deployment) : held(deployment) ? "waiting for the operator" : others(deployment));
    }

    /** What the operator would do, but for what it would write down of the nodes. */
    private String withoutOperator(DevicePluginDeployment deployment) {
        List<String> there = agents.end(deployment.getMetadata().getName());
        if (!there.isEmpty()) {
            return "waiting for the agents on " + String.join(", ", there);
        }
        List<String> others = deployment.getFinalizers().stream()
                .filter(finalizer -> !finalizer.equals(Labels.FINALIZER))
                .toList();
        try {
            client.resources(DevicePluginDeployment.class)
                    .withName(deployment.getMetadata().getName())
                    .edit(found -> {
                        found.getMetadata().setFinalizers(others);
                        return found;
                    });
        } catch (KubernetesClientException e) {
            LOG.debug("Somebody else was faster", e);
        }
        return "all have ended; " + Wording.names(resources(deployment))
                + " stays in the status of nodes with the value 0 (docs/deletion.md has the command that takes it off)";
    }

    private static List<String> resources(DevicePluginDeployment deployment) {
        return deployment.getSpec() == null || deployment.getSpec().resources() == null
                ? List.of()
                : deployment.getSpec().resources().stream()
                        .map(DeviceResource::name)
                        .toList();
    }

    private static boolean held(DevicePluginDeployment deployment) {
        return deployment.getFinalizers().contains(Labels.FINALIZER);
    }

    private static String others(DevicePluginDeployment deployment) {
        return "held by the finalizer " + String.join(", ", deployment.getFinalizers());
    }

    private static String readiness(DevicePluginDeployment deployment) {
        return Stream.ofNullable(deployment.getStatus().conditions())
                .flatMap(List::stream)
                .filter(condition -> condition.getType().equals(ConditionType.Ready.name()))
                .map(Condition::getMessage)
                .findFirst()
                .orElse("being deleted");
    }
}
