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
    /** Unhealthy: the device is new or back, and its probes have not ended yet; that takes as long as they do. */
    Unprobed,
    /** Unhealthy: a node of the device cannot be opened; the message has the error of the kernel. EBUSY is none. */
    OpenFailed,
    /**
     * Unhealthy: an attribute in sysfs cannot be read, has another value than those that mean healthy, or no directory in sysfs is
     * known for the device.
     */
    AttributeUnexpected,
    /** Unhealthy: a probe command cannot be run or did not end with 0; the message has the end of its output. */
    CommandFailed,
    /**
     * Unhealthy: a probe did not end in time. A command was killed; a call that hangs in the kernel is waited for, and the device is
     * probed again when it has returned.
     */
    ProbeTimedOut
}
