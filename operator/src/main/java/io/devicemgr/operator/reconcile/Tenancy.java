package io.devicemgr.operator.reconcile;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.SharedDevices;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.NodePlacement;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /**
     * What may be done for a deployment.
     *
     * @param verdict with what stands in the way
     * @param waits whether an agent of another deployment does
     */
    record Claim(Verdict verdict, boolean waits) {
        /** Nobody tells a deployment what the agents of another one do, so it looks while that matters. */
        Optional<Duration> lookAgainIn(DevicePluginDeploymentStatus status) {
            if (waits) {
                return Optional.of(PACE);
            }
            return status.nodeProblems().stream().anyMatch(problem -> SharedDevices.REASON.equals(problem.reason()))
                    ? Optional.of(SHARED_PACE)
                    : Optional.empty();
        }
    }

    /** An agent of another deployment that offers a resource where a deployment wants to. */
    private record Tenant(String resource, String node, String deployment) {}

    /** The verdict, and what has to be waited for besides. */
    Claim check(DevicePluginDeployment deployment, Verdict verdict, Cluster cluster, Instant now) {
        if (deployment.getSpec().discoverOnly() || !verdict.applicable()) {
            return new Claim(verdict, false);
        }
        String name = deployment.getMetadata().getName();
        List<Tenant> tenants = tenants(
                verdict,
                cluster.selectedNames(),
                () -> offers(cluster.settings(), cluster.pods().stream()),
                informers.list(ConfigMap.class).filter(settings -> !name.equals(label(settings, Labels.DEPLOYMENT))),
                now);
        if (tenants.isEmpty()) {
            return new Claim(verdict, false);
        }
        return cluster.deployments().stream()
                .filter(other -> Verdict.OLDEST_FIRST.compare(other, deployment) < 0)
                .filter(older -> waitsFor(older, cluster, now))
                .findFirst()
                .map(older -> new Claim(giveWay(verdict, tenants, older), true))
                .orElseGet(() -> new Claim(verdict.and(waiting(tenants)), true));
    }

    /** Two that wait for each other would do so for ever; in every such circle there is one that an older one waits for. */
    private static Verdict giveWay(Verdict verdict, List<Tenant> tenants, DevicePluginDeployment older) {
        Set<String> contested = tenants.stream().map(Tenant::resource).collect(Collectors.toCollection(TreeSet::new));
        return verdict.without(
                contested,
                new Violation(
                        ConditionReason.ResourceConflict,
                        Wording.names(List.copyOf(contested))
                                + " waits: the older deployment "
                                + older.getMetadata().getName()
                                + " waits for agents of this one, which end first"));
    }

    /** Whether another deployment waits for agents of the one that the cluster is seen for. */
    private boolean waitsFor(DevicePluginDeployment other, Cluster cluster, Instant now) {
        Set<String> asked =
                other.getSpec().resources().stream().map(DeviceResource::name).collect(Collectors.toSet());
        if (other.getSpec().discoverOnly()
                || other.getMetadata().getDeletionTimestamp() != null
                || cluster.settings().stream()
                        .allMatch(map -> offeredOf(asked, map).isEmpty())) {
            return false;
        }
        String name = other.getMetadata().getName();
        Verdict verdict = Verdict.of(other, cluster.deployments(), cluster.nodes());
        Set<String> selected = cluster.nodes().stream()
                .filter(node -> NodePlacement.selects(other.getSpec().placement(), node))
                .map(node -> node.getMetadata().getName())
                .collect(Collectors.toSet());
        return verdict.applicable()
                && !tenants(
                                verdict,
                                selected,
                                () -> offers(informers.of(ConfigMap.class, name), agents(name)),
                                cluster.settings().stream(),
                                now)
                        .isEmpty();
    }

    /**
     * The agents that stand in the way. Where an agent of the deployment's own offers the resource too, waiting is too late.
     *
     * @param own what the deployment's own agents offer, by node
     * @param settings of other deployments
     */
    private List<Tenant> tenants(
            Verdict verdict,
            Set<String> selected,
            Supplier<Map<String, Set<String>>> own,
            Stream<ConfigMap> settings,
            Instant now) {
        Set<String> wanted =
                verdict.offered().stream().map(DeviceResource::name).collect(Collectors.toSet());
        List<Tenant> there = settings.flatMap(map -> {
                    Set<String> offered = offeredOf(wanted, map);
                    return offered.isEmpty()
                            ? Stream.of()
                            : agents(label(map, Labels.DEPLOYMENT))
                                    .filter(agent -> agent.revision().equals(label(map, Labels.REVISION)))
                                    .filter(agent -> selected.contains(agent.node()))
                                    .filter(agent -> !agent.ended() && !agent.overdue(now))
                                    .flatMap(agent -> offered.stream()
                                            .map(name ->
                                                    new Tenant(name, agent.node(), label(map, Labels.DEPLOYMENT))));
                })
                .toList();
        if (there.isEmpty()) {
            return there;
        }
        Map<String, Set<String>> ours = own.get();
        return there.stream()
                .filter(tenant -> !ours.getOrDefault(tenant.node(), Set.of()).contains(tenant.resource()))
                .toList();
    }

    private static Map<String, Set<String>> offers(List<ConfigMap> settings, Stream<AgentPod> agents) {
        return Offers.byNode(
                settings, agents.filter(agent -> !agent.terminating()).toList(), List.of());
    }

    private Stream<AgentPod> agents(String deployment) {
        return informers.of(Pod.class, deployment).stream().map(pod -> new AgentPod(pod, label(pod, Labels.REVISION)));
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
        Map<String, Set<String>> manned = new HashMap<>();
        return SharedDevices.of(
                cluster.fleet(),
                cluster.selectedNames().stream()
                        .flatMap(node -> informers.overlapping(node).stream())
                        .filter(report -> offering.contains(report.getSpec().deployment())),
                report -> manned.computeIfAbsent(report.getSpec().deployment(), this::nodesOf)
                        .contains(report.getSpec().nodeName()));
    }

    private Set<String> nodesOf(String deployment) {
        return agents(deployment).map(AgentPod::node).collect(Collectors.toSet());
    }

    private static Violation waiting(List<Tenant> tenants) {
        Map<String, Set<String>> who = new TreeMap<>();
        tenants.forEach(
                tenant -> who.computeIfAbsent(tenant.resource() + " on " + tenant.node(), where -> new TreeSet<>())
                        .add(tenant.deployment()));
        List<String> named = new ArrayList<>();
        who.forEach((where, names) -> named.add(where + " (deployment " + String.join(", ", names) + ")"));
        return new Violation(
                ConditionReason.ResourceConflict,
                "waiting for agents that still offer " + Wording.firstOf(named)
                        + "; nothing is changed until they have ended or given it up",
                true);
    }

    private static Set<String> offeredOf(Set<String> wanted, ConfigMap settings) {
        String json = settings.getData() == null ? "" : settings.getData().getOrDefault(AgentSettings.FILE_NAME, "");
        if (wanted.stream().filter(Objects::nonNull).noneMatch(json::contains)) {
            return Set.of();
        }
        Set<String> shared = new HashSet<>(Offers.of(settings));
        shared.retainAll(wanted);
        return shared;
    }

    private static String label(HasMetadata object, String name) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? null : labels.get(name);
    }
}
