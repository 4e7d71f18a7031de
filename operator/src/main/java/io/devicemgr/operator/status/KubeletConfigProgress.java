package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.PoolStatus;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigCondition;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolCondition;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolSpec;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads what the machine config operator says about a KubeletConfig and its pools (docs/openshift.md 1.4 and 3). */
final class KubeletConfigProgress {
    /** What the machine config operator thinks of a KubeletConfig. */
    enum Verdict {
        Unjudged,
        Accepted,
        Rejected
    }

    private KubeletConfigProgress() {}

    /**
     * Reads all three shapes of the conditions: an Accepted entry decides where there is one, else the type of the last
     * entry. The status of a Failure entry is False in some releases and True in others, so it is never looked at.
     */
    static Verdict verdict(KubeletConfig config) {
        List<KubeletConfigCondition> log = conditions(config);
        if (log.isEmpty() || !observed(config)) {
            return Verdict.Unjudged;
        }
        boolean accepted = last(log, "Accepted")
                .map(entry -> "True".equals(entry.getStatus()))
                .orElse("Success".equals(log.get(log.size() - 1).getType()));
        return accepted ? Verdict.Accepted : Verdict.Rejected;
    }

    /** Why it was rejected, in the machine config operator's words. */
    static String rejection(KubeletConfig config) {
        List<KubeletConfigCondition> log = conditions(config);
        KubeletConfigCondition entry = last(log, "Accepted").orElse(log.get(log.size() - 1));
        return Objects.requireNonNullElse(entry.getMessage(), "no reason is given");
    }

    /** Releases up to 4.13 never write observedGeneration. */
    private static boolean observed(KubeletConfig config) {
        Long seen = config.getStatus().getObservedGeneration();
        Long generation = config.getMetadata().getGeneration();
        return seen == null || seen == 0 || generation == null || seen >= generation;
    }

    private static List<KubeletConfigCondition> conditions(KubeletConfig config) {
        return config.getStatus() == null || config.getStatus().getConditions() == null
                ? List.of()
                : config.getStatus().getConditions();
    }

    private static Optional<KubeletConfigCondition> last(List<KubeletConfigCondition> log, String type) {
        return log.stream().filter(entry -> type.equals(entry.getType())).reduce((left, right) -> right);
    }

    /** How far a pool has come with a KubeletConfig. */
    static PoolStatus pool(KubeletConfig config, MachineConfigPool pool) {
        MachineConfigPoolStatus status = Objects.requireNonNullElse(pool.getStatus(), new MachineConfigPoolStatus());
        return new PoolStatus(
                pool.getMetadata().getName(),
                Objects.requireNonNullElse(status.getMachineCount(), 0),
                Objects.requireNonNullElse(status.getUpdatedMachineCount(), 0),
                state(config, pool, status));
    }

    private static String state(KubeletConfig config, MachineConfigPool pool, MachineConfigPoolStatus status) {
        if (isTrue(status, "Degraded")) {
            return PoolState.DEGRADED;
        }
        if (done(config, pool, status)) {
            return PoolState.UPDATED;
        }
        MachineConfigPoolSpec spec = pool.getSpec();
        return spec != null && Boolean.TRUE.equals(spec.getPaused()) ? PoolState.PAUSED : PoolState.UPDATING;
    }

    /** The generated MachineConfig must be in the target before Updated counts, else it is the old Updated. */
    private static boolean done(KubeletConfig config, MachineConfigPool pool, MachineConfigPoolStatus status) {
        Long generation = pool.getMetadata().getGeneration();
        boolean current = generation == null
                || status.getObservedGeneration() != null && status.getObservedGeneration() >= generation;
        // Without a KubeletConfig of ours the pool is measured by what it has.
        boolean taken = config.getMetadata().getName() == null || rendered(config, pool);
        return taken && current && rolledOut(pool, status) && isTrue(status, "Updated");
    }

    private static boolean rendered(KubeletConfig config, MachineConfigPool pool) {
        if (pool.getSpec() == null
                || pool.getSpec().getConfiguration() == null
                || config.getMetadata().getFinalizers() == null) {
            return false;
        }
        // The finalizers of a KubeletConfig are the names of the MachineConfigs made from it (docs/openshift.md 1.5).
        String generated = "99-" + pool.getMetadata().getName() + "-generated-kubelet";
        return config.getMetadata().getFinalizers().stream()
                .filter(name -> name.equals(generated) || name.startsWith(generated + "-"))
                .anyMatch(name -> pool.getSpec().getConfiguration().getSource().stream()
                        .anyMatch(source -> name.equals(source.getName())));
    }

    private static boolean rolledOut(MachineConfigPool pool, MachineConfigPoolStatus status) {
        return status.getConfiguration() != null
                && Objects.equals(
                        status.getConfiguration().getName(),
                        pool.getSpec().getConfiguration().getName());
    }

    /** Why a pool is degraded: the specific entry says more than the summary. */
    static String degradation(MachineConfigPool pool) {
        return pool.getStatus().getConditions().stream()
                .filter(entry -> "True".equals(entry.getStatus())
                        && entry.getType().endsWith("Degraded")
                        && entry.getMessage() != null
                        && !entry.getMessage().isBlank())
                .max((left, right) ->
                        Integer.compare(left.getType().length(), right.getType().length()))
                .map(MachineConfigPoolCondition::getMessage)
                .orElse("no reason is given");
    }

    private static boolean isTrue(MachineConfigPoolStatus status, String type) {
        return status.getConditions() != null
                && status.getConditions().stream()
                        .anyMatch(entry -> type.equals(entry.getType()) && "True".equals(entry.getStatus()));
    }
}
