package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a KubeletConfig may be written. It must match a pool, no other KubeletConfig may be on the same pool, because they
 * do not merge and a second one erases the first one's settings (docs/openshift.md 0.4), and a pool that is degraded already
 * gets nothing new.
 */
public final class PoolPreflight {
    private final DevicePluginDeployment deployment;
    private final String name;
    private final Optional<KubeletConfig> own;
    private final List<MachineConfigPool> selected;

    private PoolPreflight(
            DevicePluginDeployment deployment,
            String name,
            Optional<KubeletConfig> own,
            List<MachineConfigPool> selected) {
        this.deployment = deployment;
        this.name = name;
        this.own = own;
        this.selected = selected;
    }

    /**
     * Checks what a deployment asks for; its {@code spec.kubeletConfig} must be given.
     *
     * @param ours name of the KubeletConfig to be written
     * @return why it must not be written, or nothing
     */
    public static Optional<Violation> check(
            DevicePluginDeployment deployment,
            String ours,
            Collection<MachineConfigPool> pools,
            Collection<KubeletConfig> existing) {
        LabelSelector selector = deployment.getSpec().kubeletConfig().machineConfigPoolSelector();
        Optional<KubeletConfig> own = existing.stream()
                .filter(config -> config.getMetadata().getName().equals(ours))
                .filter(config -> PoolOwnership.isOwn(config, deployment))
                .findFirst();
        return new PoolPreflight(deployment, ours, own, PoolSelector.selected(selector, pools))
                .check(selector, existing);
    }

    private Optional<Violation> check(LabelSelector selector, Collection<KubeletConfig> existing) {
        if (selected.isEmpty()) {
            return Optional.of(noPool(selector));
        }
        return existing.stream()
                .sorted(Comparator.comparing(config -> config.getMetadata().getName()))
                .map(this::clash)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> own.isPresent() ? Optional.empty() : degraded());
    }

    private Violation noPool(LabelSelector selector) {
        Map<String, String> labels = selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
        String wanted = labels.isEmpty()
                ? "the labels of the selector"
                : labels.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(" "));
        String remedy = labels.containsKey("machineconfiguration.openshift.io/role")
                ? "machineconfiguration.openshift.io/role is a label of MachineConfigs, which no pool has; correct the"
                        + " selector, for example to matchLabels:"
                        + " {pools.operator.machineconfiguration.openshift.io/worker: \"\"}"
                : "label the pool (oc label machineconfigpool <pool> " + wanted + ") or correct the selector";
        return new Violation(
                ConditionReason.NoMatchingPool,
                "machineConfigPoolSelector matches no MachineConfigPool, so " + untouched("no KubeletConfig is written")
                        + "; " + remedy);
    }

    private Optional<Violation> clash(KubeletConfig config) {
        if (config.getMetadata().getName().equals(name)) {
            return own.isPresent() ? Optional.empty() : Optional.of(foreign(config));
        }
        return selected.stream()
                .map(pool -> pool.getMetadata().getName())
                .filter(pool -> isOn(config, pool))
                .findFirst()
                .map(pool -> own.isPresent() ? beside(config, pool) : shared(config, pool));
    }

    /** It is on a pool that it selects, and also on one where it has left a MachineConfig (docs/openshift.md 1.6). */
    private boolean isOn(KubeletConfig config, String pool) {
        return PoolMachineConfig.of(config, pool).isPresent()
                || selected.stream()
                        .filter(candidate -> candidate.getMetadata().getName().equals(pool))
                        .anyMatch(candidate -> config.getSpec() != null
                                && PoolSelector.matches(config.getSpec().getMachineConfigPoolSelector(), candidate));
    }

    private Violation foreign(KubeletConfig config) {
        if (PoolOwnership.isOfPredecessor(config, deployment)) {
            return new Violation(
                    ConditionReason.WaitingForPool,
                    "KubeletConfig " + name
                            + " of an earlier deployment of this name is being deleted; another one is written"
                            + " when it has gone");
        }
        return taken(
                "a KubeletConfig named " + name + " exists that this deployment has not made; rename or delete it, or"
                        + " leave spec.kubeletConfig out: kubelets have the Device Manager on since Kubernetes 1.10");
    }

    private static Violation shared(KubeletConfig other, String pool) {
        return taken(called(other) + " is on pool " + pool
                + " already, and a second one would erase its settings, so none is"
                + " written; leave spec.kubeletConfig out: kubelets have the Device Manager on since Kubernetes 1.10");
    }

    /** Ours was there first; the MachineConfig with the last name is in force, whole. */
    private Violation beside(KubeletConfig other, String pool) {
        Optional<String> mine =
                own.flatMap(config -> PoolMachineConfig.of(config, pool)).map(PoolMachineConfig::name);
        Optional<String> theirs = PoolMachineConfig.of(other, pool).map(PoolMachineConfig::name);
        boolean erases = mine.isPresent() && theirs.isPresent() && mine.get().compareTo(theirs.get()) > 0;
        return taken(called(other) + " is on pool " + pool + " too, and only one of the two is in force, "
                + (erases ? "now " + name + ", which erases the settings of the other" : "the one that came last")
                + "; " + name
                + " is left as it is: leave spec.kubeletConfig out, and it is deleted; kubelets have the Device"
                + " Manager on since Kubernetes 1.10");
    }

    private static String called(KubeletConfig other) {
        return "KubeletConfig " + other.getMetadata().getName()
                + PoolOwnership.owningDeployment(other)
                        .map(deployment -> " of deployment " + deployment)
                        .orElse("");
    }

    private static Violation taken(String message) {
        return new Violation(ConditionReason.PoolHasOtherKubeletConfig, message);
    }

    private Optional<Violation> degraded() {
        return selected.stream()
                .flatMap(pool -> PoolTrouble.of(pool).stream()
                        .map(trouble -> new Violation(
                                ConditionReason.PoolDegraded,
                                "machine config pool " + pool.getMetadata().getName()
                                        + " is degraded, so no KubeletConfig is"
                                        + " written until its administrator has repaired it: " + trouble)))
                .findFirst();
    }

    private String untouched(String otherwise) {
        return own.isPresent() ? "KubeletConfig " + name + " is left as it is" : otherwise;
    }
}
