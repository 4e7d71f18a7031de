package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;

/** Questions about the status of a deployment. */
public final class Statuses {
    private Statuses() {}

    /** The condition of that type. */
    public static Optional<Condition> condition(DevicePluginDeployment deployment, ConditionType type) {
        if (deployment.getStatus() == null || deployment.getStatus().conditions() == null) {
            return Optional.empty();
        }
        return deployment.getStatus().conditions().stream()
                .filter(c -> c.getType().equals(type.name()))
                .findFirst();
    }

    /** Whether the condition of that type is True for the current generation. */
    public static boolean isTrue(DevicePluginDeployment deployment, ConditionType type) {
        return isCurrent(deployment)
                && condition(deployment, type)
                        .filter(c -> c.getStatus().equals("True"))
                        .isPresent();
    }

    /** Whether the condition of that type has the reason. */
    public static boolean hasReason(DevicePluginDeployment deployment, ConditionType type, Enum<?> reason) {
        return condition(deployment, type)
                .filter(c -> c.getReason().equals(reason.name()))
                .isPresent();
    }

    /** Whether the status speaks of the current generation. */
    public static boolean isCurrent(DevicePluginDeployment deployment) {
        return deployment.getStatus() != null
                && deployment
                        .getMetadata()
                        .getGeneration()
                        .equals(deployment.getStatus().observedGeneration());
    }

    /** Whether a device is listed as unhealthy. */
    public static boolean lists(DevicePluginDeployment deployment, String node, String path) {
        return deployment.getStatus() != null
                && deployment.getStatus().unhealthyDevices() != null
                && deployment.getStatus().unhealthyDevices().stream()
                        .anyMatch(device -> node.equals(device.node()) && path.equals(device.path()));
    }
}
