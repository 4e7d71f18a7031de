package io.devicemgr.api.v1alpha1;

/** The conditions of a DevicePluginDeployment, in the order in which they are checked. All are positive. */
public enum ConditionType {
    /** All of the others hold. */
    Ready,
    /** The spec can work, alone and beside the other deployments. */
    SpecValid,
    /** The kubelets are configured as asked. */
    KubeletConfigured,
    /** Every selected node has a ready agent. */
    AgentsReady,
    /** Every agent is of the current revision. */
    RolloutComplete,
    /** Every device is healthy. */
    DevicesHealthy,
    /** What the agents offer is what the nodes advertise. */
    Advertised
}
