package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.desired.DeviceManagerKubeletConfig;
import io.devicemgr.operator.desired.ObjectNames;
import io.devicemgr.operator.status.MachineConfigs;
import io.devicemgr.operator.validate.PoolPreflight;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Optional;

/** Writes the KubeletConfig when it is asked for and the preflight allows it, and deletes it when it is no longer asked for. */
final class KubeletConfigWriter {
    private final KubernetesClient client;
    private final Applier applier;

    KubeletConfigWriter(KubernetesClient client, Applier applier) {
        this.client = client;
        this.applier = applier;
    }

    /** Why the KubeletConfig must not be written; nothing when it may be, or when none is asked for. */
    Optional<Violation> preflight(DevicePluginDeployment deployment, MachineConfigs found) {
        if (deployment.getSpec().kubeletConfig() == null || !found.served()) {
            return Optional.empty();
        }
        return PoolPreflight.check(
                deployment.getSpec().kubeletConfig().machineConfigPoolSelector(),
                nameFor(deployment),
                deployment.getMetadata().getUid(),
                found.pools(),
                found.kubeletConfigs());
    }

    /** Brings the KubeletConfig to what is asked for. */
    void write(DevicePluginDeployment deployment, MachineConfigs found) {
        if (!found.served()) {
            return;
        }
        Optional<KubeletConfig> existing = found.kubeletConfig(nameFor(deployment))
                .filter(config ->
                        PoolPreflight.isOwned(config, deployment.getMetadata().getUid()));
        if (deployment.getSpec().kubeletConfig() == null) {
            existing.filter(config -> config.getMetadata().getDeletionTimestamp() == null)
                    .ifPresent(applier::delete);
        } else if (preflight(deployment, found).isEmpty()) {
            if (existing.isPresent()) {
                applier.applyOver(existing.get(), DeviceManagerKubeletConfig.of(deployment));
            } else {
                create(deployment);
            }
        }
    }

    /** Two deployments may ask for the same pool at the same time, and caches lag: one at a time, and with a fresh look. */
    private synchronized void create(DevicePluginDeployment deployment) {
        MachineConfigs fresh = new MachineConfigs(
                true,
                client.resources(MachineConfigPool.class).list().getItems(),
                client.resources(KubeletConfig.class).list().getItems());
        if (preflight(deployment, fresh).isEmpty()) {
            applier.applyOver(null, DeviceManagerKubeletConfig.of(deployment));
        }
    }

    static String nameFor(DevicePluginDeployment deployment) {
        return ObjectNames.kubeletConfig(deployment.getMetadata().getName());
    }
}
