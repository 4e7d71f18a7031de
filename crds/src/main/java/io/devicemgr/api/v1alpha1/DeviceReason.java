package io.devicemgr.api.v1alpha1;

/** Why a device has the health that it has. */
public enum DeviceReason {
    /** Healthy: the node is there and is the device that was found at first. */
    Present,
    /** Unhealthy: the path has gone. */
    Missing,
    /** Unhealthy: another device stands in the same place; it takes over when no container holds the old one any more. */
    Replaced,
    /**
     * Unhealthy: the same device is there, but its nodes have other numbers than those that a container may still hold; it becomes
     * healthy when no container holds it any more.
     */
    Renumbered,
    /** Unhealthy: the device is there, but a node that was asked for is not, for example because no driver is bound. */
    Incomplete,
    /** Unhealthy: what stands under the path is not a device node. */
    NotADevice,
    /** Unhealthy: the agent may not look at the path. */
    PermissionDenied,
    /** Unhealthy: the probes have not said anything yet. */
    Unprobed,
    /** Unhealthy: the device node cannot be opened. */
    OpenFailed,
    /** Unhealthy: an attribute in sysfs cannot be read or has another value than those that mean healthy. */
    AttributeUnexpected,
    /** Unhealthy: a probe command failed. */
    CommandFailed,
    /** Unhealthy: a probe did not end in time. */
    ProbeTimedOut
}
