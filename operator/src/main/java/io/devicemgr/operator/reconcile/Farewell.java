package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.Leftovers;
import io.devicemgr.operator.desired.ObjectNames;
import io.devicemgr.operator.fleet.Ending;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.status.EndingStatus;
import io.devicemgr.operator.status.StatusEvent;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a deployment. Its agents end in good order before it goes, so that whoever waits for its resources does not meet
 * them; all else goes by owner reference when it has gone. Everything can be done twice, and goes on after a restart.
 */
final class Farewell {
    private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);
    private static final String ORPHAN = "orphan";
    /** What the API server would say again: rights, quotas, webhooks, a namespace that goes itself. */
    private static final Set<Integer> REFUSED = Set.of(400, 403, 404, 413, 422);

    /** The garbage collector deletes the pods of a DaemonSet that has gone; if it is slow, or not there, the operator does. */
    private static final Duration GARBAGE_COLLECTOR = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final Applier applier;
    private final PodReplacer pods;
    private final StatusWriter statuses;
    private final EventPublisher events;
    private final String namespace;
    private final Clock clock;

    Farewell(
            KubernetesClient client,
            Applier applier,
            PodReplacer pods,
            StatusWriter statuses,
            EventPublisher events,
            String namespace,
            Clock clock) {
        this.client = client;
        this.applier = applier;
        this.pods = pods;
        this.statuses = statuses;
        this.events = events;
        this.namespace = namespace;
        this.clock = clock;
    }

    /**
     * One step. At the end goes also what nobody owns, since the deployment before was deleted as an orphan.
     *
     * @param reports of the deployment's agents
     * @param offered tells which resources they have offered, by node
     */
    DeleteControl step(
            DevicePluginDeployment deployment,
            Cluster cluster,
            List<NodeDeviceReport> reports,
            Supplier<Map<String, Set<String>>> offered,
            Context<DevicePluginDeployment> context) {
        if (isOrphaning(deployment, cluster)) {
            tell(
                    deployment,
                    false,
                    "Orphaned",
                    "the agents go on, as --cascade=orphan asks; a deployment of this name takes them over");
            return DeleteControl.defaultDelete();
        }
        Instant now = clock.instant();
        Ending ending = Ending.of(cluster.nodes(), cluster.selectedNames(), cluster.pods(), now);
        boolean first = !EndingStatus.isShown(deployment);
        if (first) {
            remember(deployment, offered.get(), now);
        }
        if (liveSet(cluster).isEmpty() && ending.complete()) {
            part(deployment, ending);
            Stream.concat(cluster.settings().stream(), reports.stream())
                    .filter(object -> object.getMetadata().getOwnerReferences().isEmpty())
                    .filter(object -> object.getMetadata().getDeletionTimestamp() == null)
                    .forEach(applier::delete);
            return DeleteControl.defaultDelete();
        }
        stop(deployment, cluster, ending, now);
        statuses.write(deployment, EndingStatus.of(deployment, ending, now), context, () -> {
            if (first) {
                tell(deployment, false, "Deleting", "the agents on " + ending.agents() + " nodes are told to end");
            }
        });
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(Duration.ofSeconds(2));
    }

    /** Whether the objects are to stay. The garbage collector has taken our owner reference off them, or is about to. */
    private boolean isOrphaning(DevicePluginDeployment deployment, Cluster cluster) {
        return deployment.getMetadata().getFinalizers().contains(ORPHAN)
                || cluster.daemonSet().isPresent() && isOrphan(deployment);
    }

    private boolean isOrphan(DevicePluginDeployment deployment) {
        DaemonSet found = client.apps()
                .daemonSets()
                .inNamespace(namespace)
                .withName(ObjectNames.agent(deployment.getMetadata().getName()))
                .get();
        return found != null
                && found.getMetadata().getOwnerReferences().stream()
                        .noneMatch(owner -> deployment.getMetadata().getUid().equals(owner.getUid()));
    }

    /** Written down before anything ends, because the reports that tell it go with the deployment. */
    private void remember(DevicePluginDeployment deployment, Map<String, Set<String>> offered, Instant now) {
        String name = deployment.getMetadata().getName();
        List<Leftovers> parts = Leftovers.of(name, Timestamps.format(now), offered);
        for (int i = 0; i < parts.size(); i++) {
            remember(parts.get(i).configMap(namespace, deployment.getMetadata().getUid(), i));
        }
    }

    /** What was written before stays: there was more to tell then. What cannot be written keeps nobody from ending. */
    private void remember(ConfigMap part) {
        try {
            client.resource(part).create();
        } catch (KubernetesClientException e) {
            if (REFUSED.contains(e.getCode())) {
                LOG.warn("Resources will stay on nodes with the value 0: {}", e.getMessage());
            } else if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private void stop(DevicePluginDeployment deployment, Cluster cluster, Ending ending, Instant now) {
        Instant deleted = Timestamps.parse(deployment.getMetadata().getDeletionTimestamp());
        Optional<DaemonSet> set = liveSet(cluster);
        if (set.isPresent()) {
            applier.delete(set.get());
        } else if (now.isAfter(deleted.plus(GARBAGE_COLLECTOR))) {
            pods.end(ending.untold());
        }
    }

    private void part(DevicePluginDeployment deployment, Ending ending) {
        if (ending.left().isEmpty()) {
            tell(deployment, false, "Deleted", "all agents have ended");
        } else {
            tell(
                    deployment,
                    true,
                    "AgentsLeft",
                    "not waited for any longer: the agents on "
                            + Wording.firstOf(ending.left().stream()
                                    .map(Ending.Agent::words)
                                    .toList())
                            + "; each ends when the kubelet of its node is back, or with its node");
        }
    }

    private void tell(DevicePluginDeployment deployment, boolean warning, String reason, String message) {
        LOG.info("{}: {}: {}", deployment.getMetadata().getName(), reason, message);
        events.publish(deployment, List.of(new StatusEvent(warning, reason, message, null)));
    }

    /** One that is being deleted makes no pods any more, however long the garbage collector keeps it. */
    private static Optional<DaemonSet> liveSet(Cluster cluster) {
        return cluster.daemonSet().filter(set -> set.getMetadata().getDeletionTimestamp() == null);
    }
}
