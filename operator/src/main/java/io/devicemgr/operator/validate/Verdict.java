package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the validation of a deployment found.
 *
 * @param violations what must be changed; empty when all is well
 * @param offered the resources that the deployment may offer
 */
public record Verdict(List<Violation> violations, List<DeviceResource> offered) {
    /** Who comes first when two want the same: the older one, then the name decides. */
    public static final Comparator<DevicePluginDeployment> OLDEST_FIRST = Comparator.comparing(
                    (DevicePluginDeployment deployment) ->
                            Objects.requireNonNullElse(deployment.getMetadata().getCreationTimestamp(), ""))
            .thenComparing(deployment -> deployment.getMetadata().getName());

    /**
     * Validates one deployment beside the others.
     *
     * @param all all deployments; this one may be among them
     * @param nodes all nodes
     */
    public static Verdict of(
            DevicePluginDeployment deployment, Collection<DevicePluginDeployment> all, Collection<Node> nodes) {
        ResourceConflicts conflicts = ResourceConflicts.of(deployment, all, nodes);
        List<Violation> violations = new ArrayList<>(SpecRules.check(deployment));
        violations.addAll(conflicts.violations());
        return new Verdict(List.copyOf(violations), conflicts.offered());
    }

    /**
     * Whether anything may be applied: a spec with a mistake in it leaves everything as it is, and so does one that has to wait
     * for others.
     */
    public boolean applicable() {
        return waitsFor().isEmpty()
                && violations.stream().noneMatch(violation -> violation.reason() == ConditionReason.Invalid);
    }

    /** What has to pass before anything may be applied. */
    public Optional<Violation> waitsFor() {
        return violations.stream().filter(Violation::passing).findFirst();
    }

    /** Whether there is something to put on the nodes. */
    public boolean offersSomething() {
        return applicable() && !offered.isEmpty();
    }

    /** This verdict without some resources, and why. */
    public Verdict without(Set<String> resources, Violation why) {
        return new Verdict(
                        violations,
                        offered.stream()
                                .filter(resource -> !resources.contains(resource.name()))
                                .toList())
                .and(why);
    }

    /** This verdict and one violation more. */
    public Verdict and(Violation violation) {
        List<Violation> more = new ArrayList<>(violations);
        more.add(violation);
        return new Verdict(List.copyOf(more), offered);
    }
}
