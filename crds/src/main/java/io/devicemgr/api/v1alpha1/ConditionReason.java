package io.devicemgr.api.v1alpha1;

/** The reasons of all conditions. */
public enum ConditionReason {
    // Ready
    AllDevicesReady,
    NoMatchingNodes,
    Deleting,

    // SpecValid
    Valid,
    Invalid,
    ResourceConflict,

    // KubeletConfigured
    NotRequested,
    MachineConfigUnavailable,
    Applied,
    NoMatchingPool,
    PoolHasOtherKubeletConfig,
    WaitingForPool,
    PoolPaused,
    PoolDegraded,
    Rejected,

    // AgentsReady
    AllAgentsReady,
    AgentsUnavailable,
    DeviceManagerSocketMissing,

    // RolloutComplete
    Complete,
    RollingOut,
    Paused,
    WaitingForDeletion,
    Canary,
    Soaking,
    DeadlineExceeded,
    NodeFailed,
    RolledBack,

    // DevicesHealthy
    AllHealthy,
    NoDevices,
    SomeUnhealthy,

    // Advertised
    InSync,
    DiscoverOnly,
    KubeletOutOfSync,
    AgentStale,

    /** Not looked at yet, or not possible to tell while an earlier condition is False. */
    Pending
}
