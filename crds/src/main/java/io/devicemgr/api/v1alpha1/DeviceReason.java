package io.devicemgr.api.v1alpha1;

/** Why a device has the health that it has. */
public enum DeviceReason {
    /** Healthy: the node is there and is the device that was found at first. */
    Present,
    /** Unhealthy: the path has gone. */
    Missing,
    /** Unhealthy: another device stands under the same path (its major:minor number differs). */
    Replaced,
    /** Unhealthy: what stands under the path is not a device node. */
    NotADevice,
    /** Unhealthy: the agent may not look at the path. */
    PermissionDenied
}
