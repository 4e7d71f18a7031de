package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two agents that offer one resource on one node would take it from each other, so only the older deployment offers it; then
 * the name decides. What loses a resource to an older one is no rival for a still younger one.
 *
 * @param offered the resources that the deployment may offer
 * @param violations one for each resource that it may not
 */
record ResourceConflicts(List<DeviceResource> offered, List<Violation> violations) {
    private static final int NAMED = 3;

    static ResourceConflicts of(
            DevicePluginDeployment deployment, Collection<DevicePluginDeployment> all, Collection<Node> nodes) {
        if (deployment.getSpec().discoverOnly()) {
            return new ResourceConflicts(deployment.getSpec().resources(), List.of());
        }
        Map<String, List<DevicePluginDeployment>> owners = new HashMap<>();
        all.stream()
                .filter(other -> Verdict.OLDEST_FIRST.compare(other, deployment) < 0 && offers(other))
                .sorted(Verdict.OLDEST_FIRST)
                .forEach(older -> judge(older, owners, nodes)
                        .offered()
                        .forEach(resource -> owners.computeIfAbsent(resource.name(), name -> new ArrayList<>())
                                .add(older)));
        return judge(deployment, owners, nodes);
    }

    /** One that is being deleted counts as long as it is kept for its agents, and not when somebody else keeps it longer. */
    private static boolean offers(DevicePluginDeployment other) {
        boolean over = other.getMetadata().getDeletionTimestamp() != null
                && !other.getMetadata().getFinalizers().contains(Labels.FINALIZER);
        return !over && !other.getSpec().discoverOnly();
    }

    private static ResourceConflicts judge(
            DevicePluginDeployment deployment,
            Map<String, List<DevicePluginDeployment>> owners,
            Collection<Node> nodes) {
        List<DeviceResource> offered = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        for (DeviceResource resource : deployment.getSpec().resources()) {
            owners.getOrDefault(resource.name(), List.of()).stream()
                    .map(owner -> clash(deployment, owner, resource, nodes))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .ifPresentOrElse(violations::add, () -> offered.add(resource));
        }
        return new ResourceConflicts(List.copyOf(offered), List.copyOf(violations));
    }

    private static Optional<Violation> clash(
            DevicePluginDeployment deployment,
            DevicePluginDeployment owner,
            DeviceResource resource,
            Collection<Node> nodes) {
        List<String> shared = nodes.stream()
                .filter(node -> NodePlacement.selects(owner.getSpec().placement(), node))
                .filter(node -> NodePlacement.selects(deployment.getSpec().placement(), node))
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
        return shared.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(ConditionReason.ResourceConflict, message(resource, owner, shared)));
    }

    private static String message(DeviceResource resource, DevicePluginDeployment owner, List<String> nodes) {
        String name = owner.getMetadata().getName();
        String where = nodes.size() == 1 ? "node " + nodes.get(0) : "nodes " + firstOf(nodes);
        return owner.getMetadata().getDeletionTimestamp() != null
                ? resource.name() + " waits until the agents of deployment " + name
                        + ", which is being deleted, have ended on " + where
                : resource.name() + " is offered by the older deployment " + name + " on " + where
                        + " already and is left out here; rename the resource or select other nodes in one of the two";
    }

    private static String firstOf(List<String> nodes) {
        String first = String.join(", ", nodes.subList(0, Math.min(NAMED, nodes.size())));
        return nodes.size() > NAMED ? first + " and " + (nodes.size() - NAMED) + " more" : first;
    }
}
