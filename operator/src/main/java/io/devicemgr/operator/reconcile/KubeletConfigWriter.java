package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.desired.DeviceManagerKubeletConfig;
import io.devicemgr.operator.desired.ObjectNames;
import io.devicemgr.operator.status.KubeletConfigRenewal;
import io.devicemgr.operator.status.MachineConfigs;
import io.devicemgr.operator.status.MachineConfigs.Availability;
import io.devicemgr.operator.validate.PoolOwnership;
import io.devicemgr.operator.validate.PoolPreflight;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the KubeletConfig when it is asked for and the preflight allows it, and deletes it when it is no longer asked for. */
final class KubeletConfigWriter {
    private final KubernetesClient client;
    private final Applier applier;
    /** The pools that a deployment's KubeletConfig was last made anew for: once is enough for the same ones. */
    private final Map<String, Set<String>> renewed = new ConcurrentHashMap<>();

    KubeletConfigWriter(KubernetesClient client, Applier applier) {
        this.client = client;
        this.applier = applier;
    }

    /** Why the KubeletConfig must not be written; nothing when it may be, or when none is asked for. */
    Optional<Violation> preflight(DevicePluginDeployment deployment, MachineConfigs found) {
        if (deployment.getSpec().kubeletConfig() == null || !found.usable()) {
            return Optional.empty();
        }
        return PoolPreflight.check(deployment, nameFor(deployment), found.pools(), found.kubeletConfigs());
    }

    /** Brings the KubeletConfig to what is asked for. What does not go well does not keep the agents from their nodes. */
    Writing write(DevicePluginDeployment deployment, MachineConfigs found) {
        return Writing.of(() -> {
            if (found.availability() == Availability.Served) {
                bring(deployment, found);
            }
            return Optional.empty();
        });
    }

    /** The deployment goes, and with it what was done for it. */
    void forget(DevicePluginDeployment deployment) {
        renewed.remove(deployment.getMetadata().getUid());
    }

    /** What the status says of a write that failed. */
    static Violation failed(DevicePluginDeployment deployment, Writing writing) {
        boolean refused = writing.failure()
                .filter(e -> e.getCode() >= 400 && e.getCode() < 500)
                .isPresent();
        return new Violation(
                refused ? ConditionReason.Rejected : ConditionReason.WaitingForPool,
                "KubeletConfig " + nameFor(deployment) + " could not be written, and is tried again: "
                        + writing.reason().orElse(""));
    }

    private void bring(DevicePluginDeployment deployment, MachineConfigs found) {
        Optional<KubeletConfig> own =
                found.kubeletConfig(nameFor(deployment)).filter(config -> PoolOwnership.isOwn(config, deployment));
        if (deployment.getSpec().kubeletConfig() == null) {
            forget(deployment);
            own.filter(config -> config.getMetadata().getDeletionTimestamp() == null)
                    .ifPresent(applier::delete);
        } else if (found.usable() && preflight(deployment, found).isEmpty()) {
            if (own.isPresent()) {
                update(deployment, own.get(), found);
            } else {
                create(deployment, found);
            }
        }
    }

    private void update(DevicePluginDeployment deployment, KubeletConfig existing, MachineConfigs found) {
        LabelSelector asked = deployment.getSpec().kubeletConfig().machineConfigPoolSelector();
        if (existing.getMetadata().getDeletionTimestamp() != null) {
            return;
        }
        if (KubeletConfigRenewal.due(existing, asked, found)) {
            Set<String> pools = KubeletConfigRenewal.selected(asked, found);
            if (!pools.equals(renewed.put(deployment.getMetadata().getUid(), pools))) {
                applier.delete(existing);
            }
            return;
        }
        KubeletConfig desired = DeviceManagerKubeletConfig.of(deployment);
        // An additional label narrows a selector: here more than desired is other than desired.
        boolean sameSelector = existing.getSpec() != null
                && Objects.equals(asked, existing.getSpec().getMachineConfigPoolSelector());
        applier.applyOver(sameSelector ? existing : null, desired);
    }

    /** Two deployments may ask for the same pool at the same time, and caches lag: one at a time, and with a fresh look. */
    private synchronized void create(DevicePluginDeployment deployment, MachineConfigs found) {
        MachineConfigs fresh = MachineConfigs.served(
                client.resources(MachineConfigPool.class).list().getItems(),
                client.resources(KubeletConfig.class).list().getItems(),
                found.nodes());
        if (fresh.usable() && preflight(deployment, fresh).isEmpty()) {
            applier.applyOver(null, DeviceManagerKubeletConfig.of(deployment));
        }
    }

    static String nameFor(DevicePluginDeployment deployment) {
        return ObjectNames.kubeletConfig(deployment.getMetadata().getName());
    }
}
