package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.KubeletConfigStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.PoolStatus;
import io.devicemgr.api.v1alpha1.KubeletConfigRequest;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.PoolSelector;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.List;
import java.util.Optional;

/** KubeletConfigured: the KubeletConfig that was asked for is in force on its pools. */
final class KubeletConfiguredCondition {
    private static final ConditionType TYPE = ConditionType.KubeletConfigured;
    private static final String FACT = "the kubelet's Device Manager is on by default since Kubernetes 1.10";
    private static final KubeletConfig NOT_WRITTEN =
            new KubeletConfigBuilder().withNewMetadata().endMetadata().build();

    private final Situation situation;
    private final Optional<KubeletConfig> config;
    private final List<MachineConfigPool> pools;

    private KubeletConfiguredCondition(
            Situation situation, Optional<KubeletConfig> config, List<MachineConfigPool> pools) {
        this.situation = situation;
        this.config = config;
        this.pools = pools;
    }

    static KubeletConfiguredCondition of(Situation situation) {
        KubeletConfigRequest request = situation.deployment().getSpec().kubeletConfig();
        MachineConfigs found = situation.observed().machineConfigs();
        List<MachineConfigPool> pools = request == null
                ? List.of()
                : found.pools().stream()
                        .filter(pool -> PoolSelector.matches(request.machineConfigPoolSelector(), pool))
                        .toList();
        return new KubeletConfiguredCondition(situation, found.kubeletConfig(situation.kubeletConfig()), pools);
    }

    /** The KubeletConfig and its pools; absent when none is asked for or none can be had. */
    KubeletConfigStatus status() {
        if (situation.deployment().getSpec().kubeletConfig() == null
                || !situation.observed().machineConfigs().served()) {
            return null;
        }
        String name = config.isPresent() && situation.preflight().isEmpty() ? situation.kubeletConfig() : null;
        return new KubeletConfigStatus(name, poolStatuses());
    }

    Judgement judge() {
        if (situation.deployment().getSpec().kubeletConfig() == null) {
            return Judgement.yes(TYPE, ConditionReason.NotRequested, "no KubeletConfig is asked for; " + FACT);
        }
        if (!situation.observed().machineConfigs().served()) {
            return Judgement.yes(
                    TYPE,
                    ConditionReason.MachineConfigUnavailable,
                    "this cluster has no machine config pools, so no KubeletConfig is written; " + FACT);
        }
        if (situation.preflight().isPresent()) {
            Violation violation = situation.preflight().get();
            return Judgement.no(TYPE, violation.reason(), violation.message());
        }
        return config.map(this::judgeConfig)
                .orElseGet(() -> Judgement.no(
                        TYPE,
                        ConditionReason.WaitingForPool,
                        "KubeletConfig " + situation.kubeletConfig() + " has not been written yet"));
    }

    private Judgement judgeConfig(KubeletConfig found) {
        String name = found.getMetadata().getName();
        return switch (KubeletConfigProgress.verdict(found)) {
            case Unjudged ->
                Judgement.no(
                        TYPE,
                        ConditionReason.WaitingForPool,
                        "the machine config operator has not looked at KubeletConfig " + name + " yet");
            case Rejected ->
                Judgement.no(
                        TYPE,
                        ConditionReason.Rejected,
                        "the machine config operator rejects KubeletConfig " + name + ": "
                                + KubeletConfigProgress.rejection(found));
            case Accepted -> judgePools(name);
        };
    }

    private Judgement judgePools(String name) {
        List<PoolStatus> states = poolStatuses();
        for (int i = 0; i < states.size(); i++) {
            if (PoolState.DEGRADED.equals(states.get(i).state())) {
                return Judgement.no(
                        TYPE,
                        ConditionReason.PoolDegraded,
                        "machine config pool " + states.get(i).name() + " is degraded: "
                                + Wording.shorten(KubeletConfigProgress.degradation(pools.get(i)), 500));
            }
        }
        return states.stream()
                .filter(pool -> PoolState.PAUSED.equals(pool.state()))
                .findFirst()
                .map(pool -> Judgement.no(
                        TYPE,
                        ConditionReason.PoolPaused,
                        "machine config pool " + pool.name() + " is paused; set its spec.paused to false"))
                .or(() -> waiting(states))
                .orElse(Judgement.yes(
                        TYPE,
                        ConditionReason.Applied,
                        "KubeletConfig " + name + " is in force on its pools; it changes no kubelet: " + FACT));
    }

    private static Optional<Judgement> waiting(List<PoolStatus> states) {
        return states.stream()
                .filter(pool -> !PoolState.UPDATED.equals(pool.state()))
                .findFirst()
                .map(pool -> Judgement.no(
                        TYPE,
                        ConditionReason.WaitingForPool,
                        pool.updated().equals(pool.machines())
                                ? "pool " + pool.name() + " has not taken the KubeletConfig up yet"
                                : pool.updated() + "/" + pool.machines() + " machines of pool " + pool.name()
                                        + " are updated"));
    }

    private List<PoolStatus> poolStatuses() {
        KubeletConfig found = config.orElse(NOT_WRITTEN);
        return pools.stream()
                .map(pool -> KubeletConfigProgress.pool(found, pool))
                .toList();
    }
}
