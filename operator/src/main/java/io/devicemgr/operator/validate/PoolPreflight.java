package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a KubeletConfig may be written. It must match a pool, and no other KubeletConfig may match the same pool: they do
 * not merge, so a second one erases the first one's settings (docs/openshift.md 0.4).
 */
public final class PoolPreflight {
    private PoolPreflight() {}

    /**
     * Checks what a deployment asks for.
     *
     * @param ours name of the KubeletConfig to be written
     * @param ownerUid uid of the deployment
     * @return why it must not be written, or nothing
     */
    public static Optional<Violation> check(
            LabelSelector selector,
            String ours,
            String ownerUid,
            Collection<MachineConfigPool> pools,
            Collection<KubeletConfig> existing) {
        List<MachineConfigPool> selected = pools.stream()
                .filter(pool -> PoolSelector.matches(selector, pool))
                .toList();
        if (selected.isEmpty()) {
            return Optional.of(noPool(selector));
        }
        return existing.stream()
                .sorted(Comparator.comparing(config -> config.getMetadata().getName()))
                .map(config -> clash(config, ours, ownerUid, selected))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Violation noPool(LabelSelector selector) {
        String labels =
                selector.getMatchLabels() == null || selector.getMatchLabels().isEmpty()
                        ? "the labels of the selector"
                        : selector.getMatchLabels().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(label -> label.getKey() + "=" + label.getValue())
                                .reduce((left, right) -> left + " " + right)
                                .orElse("");
        return new Violation(
                ConditionReason.NoMatchingPool,
                "machineConfigPoolSelector matches no MachineConfigPool, so no KubeletConfig is written; label the pool"
                        + " (oc label machineconfigpool <pool> " + labels + ") or correct the selector");
    }

    private static Optional<Violation> clash(
            KubeletConfig config, String ours, String ownerUid, List<MachineConfigPool> selected) {
        String name = config.getMetadata().getName();
        if (name.equals(ours)) {
            return isOwned(config, ownerUid) ? Optional.empty() : Optional.of(foreign(name));
        }
        return selected.stream()
                .filter(pool -> config.getSpec() != null
                        && PoolSelector.matches(config.getSpec().getMachineConfigPoolSelector(), pool))
                .map(pool -> pool.getMetadata().getName())
                .min(Comparator.naturalOrder())
                .map(pool -> shared(name, pool));
    }

    /** Whether a KubeletConfig belongs to the deployment with that uid. */
    public static boolean isOwned(KubeletConfig config, String ownerUid) {
        return config.getMetadata().getOwnerReferences() != null
                && config.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner ->
                                owner.getUid() != null && owner.getUid().equals(ownerUid));
    }

    private static Violation foreign(String name) {
        return new Violation(
                ConditionReason.PoolHasOtherKubeletConfig,
                "a KubeletConfig named " + name + " exists that this deployment has not made; rename or delete it, or"
                        + " leave spec.kubeletConfig out: kubelets have the Device Manager on since Kubernetes 1.10");
    }

    private static Violation shared(String other, String pool) {
        return new Violation(
                ConditionReason.PoolHasOtherKubeletConfig,
                "KubeletConfig " + other + " selects pool " + pool + " already, and a second one would erase its"
                        + " settings, so none is written; leave spec.kubeletConfig out: kubelets have the Device Manager"
                        + " on since Kubernetes 1.10");
    }
}
