package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes a status when it differs from what is there, at most once a second for each deployment, and lets the next loop see it
 * whatever the informer's delay.
 */
final class StatusWriter {
    private final Pace pace;

    StatusWriter(Pace pace) {
        this.pace = pace;
    }

    /**
     * Writes a status if it must be written and may be written now.
     *
     * @param written what is to be done once it has been written
     * @return when to come back with the newest status, if it is too early
     */
    Optional<Duration> write(
            DevicePluginDeployment deployment,
            DevicePluginDeploymentStatus status,
            Context<DevicePluginDeployment> context,
            Runnable written) {
        String name = deployment.getMetadata().getName();
        if (status.equals(deployment.getStatus())) {
            pace.settled(name);
            return Optional.empty();
        }
        Optional<Duration> early = pace.write(name);
        if (early.isEmpty()) {
            patch(deployment, status, context);
            written.run();
        }
        return early;
    }

    private void patch(
            DevicePluginDeployment deployment,
            DevicePluginDeploymentStatus status,
            Context<DevicePluginDeployment> context) {
        DevicePluginDeployment patch = new DevicePluginDeployment();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(deployment.getMetadata().getName())
                .build());
        patch.setStatus(status);
        try {
            PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(deployment, patch, context);
        } finally {
            pace.written(deployment.getMetadata().getName());
        }
    }
}
