package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.KubeletConfigStatus;
import io.devicemgr.api.v1alpha1.KubeletConfigRequest;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.PoolOwnership;
import io.devicemgr.operator.validate.PoolSelector;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.List;
import java.util.Optional;

/** KubeletConfigured: the KubeletConfig that was asked for is in force on its pools. */
final class KubeletConfiguredCondition {
    private static final ConditionType TYPE = ConditionType.KubeletConfigured;
    private static final String FACT = "the kubelet's Device Manager is on by default since Kubernetes 1.10";

    private final Situation situation;
    private final MachineConfigs found;
    private final Optional<KubeletConfigRequest> request;
    private final Optional<KubeletConfig> config;
    private final List<MachineConfigPool> pools;

    private KubeletConfiguredCondition(Situation situation) {
        this.situation = situation;
        this.found = situation.observed().machineConfigs();
        this.request = Optional.ofNullable(situation.deployment().getSpec().kubeletConfig());
        this.config = found.kubeletConfig(situation.kubeletConfig())
                .filter(config -> PoolOwnership.isOwn(config, situation.deployment()));
        this.pools = request.map(asked -> PoolSelector.selected(asked.machineConfigPoolSelector(), found.pools()))
                .orElse(List.of());
    }

    static KubeletConfiguredCondition of(Situation situation) {
        return new KubeletConfiguredCondition(situation);
    }

    /** The KubeletConfig, as long as it exists, and its pools; absent when none is asked for or none can be had. */
    KubeletConfigStatus status() {
        if (request.isEmpty() || !found.usable()) {
            return null;
        }
        return new KubeletConfigStatus(
                config.map(existing -> existing.getMetadata().getName()).orElse(null),
                progress().stream().map(KubeletConfigProgress::status).toList());
    }

    Judgement judge() {
        if (request.isEmpty()) {
            return Judgement.yes(TYPE, ConditionReason.NotRequested, notRequested());
        }
        if (!found.usable()) {
            return Judgement.yes(TYPE, ConditionReason.MachineConfigUnavailable, unavailable());
        }
        return situation
                .preflight()
                .map(violation -> Judgement.no(TYPE, violation.reason(), violation.message()))
                .or(() -> config.map(this::judgeConfig))
                .orElseGet(() -> waiting("KubeletConfig " + situation.kubeletConfig() + " has not been written yet"));
    }

    private String notRequested() {
        return config.map(existing -> "no KubeletConfig is asked for any more, and "
                                + existing.getMetadata().getName() + " is being deleted; ")
                        .orElse("no KubeletConfig is asked for; ")
                + FACT;
    }

    private String unavailable() {
        String why = switch (found.availability()) {
            case Served -> "this cluster has no MachineConfigPools";
            case NotServed ->
                "this cluster did not serve machineconfiguration.openshift.io/v1 when the operator started";
            case ExternalControlPlane ->
                "the control plane of this cluster is hosted: a KubeletConfig has no effect here, and its"
                        + " administrator configures kubelets in the NodePool on the management cluster";
        };
        return "spec.kubeletConfig is ignored and no KubeletConfig is written: " + why + "; " + FACT;
    }

    private Judgement judgeConfig(KubeletConfig existing) {
        String name = existing.getMetadata().getName();
        if (existing.getMetadata().getDeletionTimestamp() != null) {
            return waiting("KubeletConfig " + name
                    + " is being deleted by the machine config operator and is written again when" + " it has gone");
        }
        return switch (KubeletConfigVerdict.of(existing)) {
            case Unjudged -> waiting("the machine config operator has not looked at KubeletConfig " + name + " yet");
            case Rejected -> Judgement.no(TYPE, ConditionReason.Rejected, rejection(existing));
            case Accepted ->
                request.filter(asked -> KubeletConfigRenewal.due(existing, asked.machineConfigPoolSelector(), found))
                        .map(
                                asked -> waiting(
                                        "KubeletConfig " + name
                                                + " has MachineConfigs of other pools than those that are selected now, so it is made anew"))
                        .orElseGet(() -> judgePools(name));
        };
    }

    /** Since OpenShift 4.14 a rejected KubeletConfig stops the rendering of its pools, and the pools do not say so. */
    private String rejection(KubeletConfig existing) {
        List<String> foreign = KubeletConfigFields.foreign(existing);
        String remedy = foreign.isEmpty()
                ? "leave spec.kubeletConfig out, and it is deleted"
                : "remove from its spec what is not the operator's: " + Wording.firstOf(foreign);
        return "the machine config operator rejects KubeletConfig "
                + existing.getMetadata().getName()
                + " and may render its pools no more, upgrades included, until that is mended; " + remedy
                + "; it says: "
                + KubeletConfigVerdict.message(existing);
    }

    private Judgement judgePools(String name) {
        List<KubeletConfigProgress> all = progress();
        return first(all, PoolState.DEGRADED)
                .map(pool -> Judgement.no(
                        TYPE,
                        ConditionReason.PoolDegraded,
                        "machine config pool " + pool.pool() + " is degraded and needs its administrator: "
                                + pool.degradation()))
                .or(() -> first(all, PoolState.PAUSED).map(KubeletConfiguredCondition::paused))
                .or(() -> first(all, PoolState.WAITING).map(pool -> waiting(untaken(pool, name))))
                .or(() -> first(all, PoolState.UPDATING).map(pool -> waiting(pool.progress())))
                .orElseGet(() -> Judgement.yes(
                        TYPE,
                        ConditionReason.Applied,
                        "KubeletConfig " + name + " is in force on its pools" + effect()));
    }

    private String effect() {
        List<String> foreign = config.map(KubeletConfigFields::foreign).orElse(List.of());
        return (foreign.isEmpty()
                        ? "; it changes no kubelet: "
                        : " with what others wrote into it (" + Wording.firstOf(foreign) + "); ")
                + FACT;
    }

    private static Judgement paused(KubeletConfigProgress pool) {
        return Judgement.no(
                TYPE,
                ConditionReason.PoolPaused,
                "machine config pool " + pool.pool()
                        + " is paused; its administrator must set its spec.paused to false: " + pool.progress());
    }

    /** A pool whose rendering has stopped goes on saying Updated, so whoever stops it is looked for. */
    private String untaken(KubeletConfigProgress pool, String name) {
        List<String> gate = pools.stream()
                .filter(candidate -> candidate.getMetadata().getName().equals(pool.pool()))
                .flatMap(candidate -> PoolRenderGate.shutBy(candidate, found, name).stream())
                .toList();
        String text = "pool " + pool.pool() + " has not taken up "
                + pool.generated()
                        .map(generated -> "MachineConfig " + generated)
                        .orElse("the KubeletConfig")
                + " yet";
        return gate.isEmpty()
                ? text + "; a ContainerRuntimeConfig of the pool that is not accepted would keep it from that"
                : text + ": its rendering waits for KubeletConfig " + Wording.firstOf(gate)
                        + ", which the machine config operator has not accepted; correct or delete it";
    }

    private static Judgement waiting(String message) {
        return Judgement.no(TYPE, ConditionReason.WaitingForPool, message);
    }

    private static Optional<KubeletConfigProgress> first(List<KubeletConfigProgress> all, String state) {
        return all.stream().filter(pool -> state.equals(pool.state())).findFirst();
    }

    private List<KubeletConfigProgress> progress() {
        return pools.stream()
                .map(pool -> new KubeletConfigProgress(config, pool, found))
                .toList();
    }
}
