package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.PoolStatus;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.PoolMachineConfig;
import io.devicemgr.operator.validate.PoolTrouble;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolSpec;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolStatus;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolStatusConfiguration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How far one pool has come with a KubeletConfig (docs/openshift.md 3). */
final class KubeletConfigProgress {
    private final Optional<KubeletConfig> config;
    private final MachineConfigPool pool;
    private final PoolNodes nodes;

    /** Without a KubeletConfig the pool is measured by what it has. */
    KubeletConfigProgress(Optional<KubeletConfig> config, MachineConfigPool pool, MachineConfigs found) {
        this.config = config;
        this.pool = pool;
        this.nodes = PoolNodes.of(pool, found);
    }

    String pool() {
        return pool.getMetadata().getName();
    }

    PoolStatus status() {
        return new PoolStatus(pool(), machines(), updated(), state());
    }

    /** Degraded outranks progress: nodes may go on being updated, but not all of them. */
    String state() {
        if (PoolTrouble.of(pool).isPresent()) {
            return PoolState.DEGRADED;
        }
        if (!rendered()) {
            return PoolState.WAITING;
        }
        if (rolledOut()) {
            return PoolState.UPDATED;
        }
        return paused() ? PoolState.PAUSED : PoolState.UPDATING;
    }

    /**
     * The generated MachineConfig must be in the target before Updated counts, else it is the old Updated. A KubeletConfig
     * that changes nothing gets no further than this, and is done at once: equal content is no new target.
     */
    private boolean rendered() {
        return config.isEmpty()
                || generated()
                        .filter(name ->
                                target().map(MachineConfigPoolStatusConfiguration::getSource).orElse(List.of()).stream()
                                        .anyMatch(source -> name.equals(source.getName())))
                        .isPresent();
    }

    private boolean rolledOut() {
        Long generation = pool.getMetadata().getGeneration();
        boolean current = generation == null
                || poolStatus().getObservedGeneration() != null && poolStatus().getObservedGeneration() >= generation;
        return current && sameName() && isTrue("Updated") && unfinishedNodes().isEmpty();
    }

    private boolean sameName() {
        return Objects.equals(
                target().map(MachineConfigPoolStatusConfiguration::getName).orElse(null),
                poolStatus().getConfiguration() == null
                        ? null
                        : poolStatus().getConfiguration().getName());
    }

    boolean paused() {
        return spec().map(MachineConfigPoolSpec::getPaused)
                .filter(Boolean.TRUE::equals)
                .isPresent();
    }

    /** Name of the MachineConfig that was made for the pool. */
    Optional<String> generated() {
        return config.flatMap(found -> PoolMachineConfig.of(found, pool())).map(PoolMachineConfig::name);
    }

    /** Nodes that are not where the pool wants them, and why. */
    List<String> unfinishedNodes() {
        return nodes.unfinished(
                target().map(MachineConfigPoolStatusConfiguration::getName).orElse(""));
    }

    /** "1/3 machines of pool worker are updated", and what the others do. */
    String progress() {
        String counts = updated() + "/" + machines() + " machines of pool " + pool() + " are updated";
        int ready = orZero(poolStatus().getReadyMachineCount());
        String readiness = updated() == machines() && ready < machines() ? ", " + ready + " are ready" : "";
        List<String> rest = unfinishedNodes().isEmpty() ? nodes.unavailable() : unfinishedNodes();
        return counts + readiness + (rest.isEmpty() ? "" : ": " + Wording.firstOf(rest));
    }

    /** What is degraded, and on which node: the machine config operator's text usually names it. */
    String degradation() {
        String text = PoolTrouble.of(pool).orElse("");
        List<String> degraded = nodes.degraded().stream()
                .filter(node -> !text.contains(node.substring(0, node.indexOf(' '))))
                .toList();
        return degraded.isEmpty() ? text : text + " (" + Wording.firstOf(degraded) + ")";
    }

    private int machines() {
        return orZero(poolStatus().getMachineCount());
    }

    private int updated() {
        return orZero(poolStatus().getUpdatedMachineCount());
    }

    private static int orZero(Integer count) {
        return Objects.requireNonNullElse(count, 0);
    }

    private Optional<MachineConfigPoolSpec> spec() {
        return Optional.ofNullable(pool.getSpec());
    }

    private Optional<MachineConfigPoolStatusConfiguration> target() {
        return spec().map(MachineConfigPoolSpec::getConfiguration);
    }

    private MachineConfigPoolStatus poolStatus() {
        return Objects.requireNonNullElseGet(pool.getStatus(), MachineConfigPoolStatus::new);
    }

    private boolean isTrue(String type) {
        return poolStatus().getConditions() != null
                && poolStatus().getConditions().stream()
                        .anyMatch(entry -> type.equals(entry.getType()) && "True".equals(entry.getStatus()));
    }
}
