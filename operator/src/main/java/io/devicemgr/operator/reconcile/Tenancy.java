package io.devicemgr.operator.reconcile;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.SharedDevices;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.Verdict;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Never two agents of one resource on one node: who may offer a resource waits until the agent of another deployment there has
 * given it up. That agent may be of a deployment that is being deleted, that has lost the resource, or that has moved away.
 */
final class Tenancy {
    private static final Duration PACE = Duration.ofSeconds(2);
    private static final Duration SHARED_PACE = Duration.ofSeconds(30);

    private final Informers informers;

    Tenancy(Informers informers) {
        this.informers = informers;
    }

    /** The verdict, and what has to be waited for besides. */
    Verdict check(DevicePluginDeployment deployment, Verdict verdict, Cluster cluster, Instant now) {
        if (deployment.getSpec().discoverOnly() || !verdict.applicable()) {
            return verdict;
        }
        Set<String> wanted =
                verdict.offered().stream().map(DeviceResource::name).collect(Collectors.toSet());
        Map<String, Set<String>> tenants = new TreeMap<>();
        informers
                .list(ConfigMap.class)
                .filter(settings -> !deployment.getMetadata().getName().equals(label(settings, Labels.DEPLOYMENT)))
                .forEach(settings -> offeredOf(wanted, settings)
                        .forEach(resource -> tenants(settings, cluster, resource, now)
                                .forEach(node -> tenants.computeIfAbsent(
                                                resource + " on " + node, key -> new TreeSet<>())
                                        .add(label(settings, Labels.DEPLOYMENT)))));
        return tenants.isEmpty() ? verdict : verdict.and(waiting(tenants));
    }

    /** Devices that other deployments offer too, under other names. */
    List<NodeProblem> sharedDevices(DevicePluginDeployment deployment, Cluster cluster) {
        String name = deployment.getMetadata().getName();
        if (deployment.getSpec().discoverOnly() || cluster.deployments().size() < 2) {
            return List.of();
        }
        Set<String> offering = cluster.deployments().stream()
                .filter(other -> !other.getSpec().discoverOnly())
                .map(other -> other.getMetadata().getName())
                .filter(other -> !other.equals(name))
                .collect(Collectors.toSet());
        return SharedDevices.of(
                cluster.fleet(),
                informers
                        .list(NodeDeviceReport.class)
                        .filter(report -> offering.contains(report.getSpec().deployment())),
                report -> informers.of(Pod.class, report.getSpec().deployment()).stream()
                        .anyMatch(pod ->
                                report.getSpec().nodeName().equals(pod.getSpec().getNodeName())));
    }

    /** Nobody tells a deployment what the agents of another one do, so it looks while that matters. */
    static Optional<Duration> lookAgainIn(Verdict verdict, DevicePluginDeploymentStatus status) {
        if (verdict.waitsFor().isPresent()) {
            return Optional.of(PACE);
        }
        return status.nodeProblems().stream().anyMatch(problem -> SharedDevices.REASON.equals(problem.reason()))
                ? Optional.of(SHARED_PACE)
                : Optional.empty();
    }

    private static Violation waiting(Map<String, Set<String>> tenants) {
        List<String> named = new ArrayList<>();
        tenants.forEach((where, who) -> named.add(where + " (deployment " + String.join(", ", who) + ")"));
        return new Violation(
                ConditionReason.ResourceConflict,
                "waiting for agents that still offer " + Wording.firstOf(named)
                        + "; nothing is changed until they have ended or given it up",
                true);
    }

    private static Set<String> offeredOf(Set<String> wanted, ConfigMap settings) {
        String json = settings.getData() == null ? "" : settings.getData().getOrDefault(AgentSettings.FILE_NAME, "");
        if (wanted.stream().noneMatch(json::contains)) {
            return Set.of();
        }
        Set<String> shared = new HashSet<>(Offers.of(settings));
        shared.retainAll(wanted);
        return shared;
    }

    /** Nodes on which an agent with these settings stands in the way. Where our own agent offers the resource too, waiting is too late. */
    private List<String> tenants(ConfigMap settings, Cluster cluster, String resource, Instant now) {
        Set<String> selected = cluster.selectedNames();
        String revision = label(settings, Labels.REVISION);
        return informers.of(Pod.class, label(settings, Labels.DEPLOYMENT)).stream()
                .filter(pod -> revision != null && revision.equals(label(pod, Labels.REVISION)))
                .map(pod -> new AgentPod(pod, revision))
                .filter(agent -> selected.contains(agent.node()) && !agent.ended() && !agent.overdue(now))
                .map(AgentPod::node)
                .filter(node -> !ownOffer(cluster, node).contains(resource))
                .toList();
    }

    private static Set<String> ownOffer(Cluster cluster, String node) {
        Map<String, Set<String>> byRevision = new HashMap<>();
        cluster.settings().forEach(map -> byRevision.put(label(map, Labels.REVISION), Offers.of(map)));
        return cluster.pods().stream()
                .filter(agent -> node.equals(agent.node()) && !agent.terminating())
                .flatMap(agent -> byRevision.getOrDefault(agent.revision(), Set.of()).stream())
                .collect(Collectors.toSet());
    }

    private static String label(HasMetadata object, String name) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? null : labels.get(name);
    }
}
