package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;

/** Writes a status when it differs from what is there, and lets the next loop see it whatever the informer's delay. */
final class StatusWriter {
    private StatusWriter() {}

    /** Returns whether anything was written. */
    static boolean write(
            DevicePluginDeployment deployment,
            DevicePluginDeploymentStatus status,
            Context<DevicePluginDeployment> context) {
        if (status.equals(deployment.getStatus())) {
            return false;
        }
        DevicePluginDeployment patch = new DevicePluginDeployment();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(deployment.getMetadata().getName())
                .build());
        patch.setStatus(status);
        PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(deployment, patch, context);
        return true;
    }
}
