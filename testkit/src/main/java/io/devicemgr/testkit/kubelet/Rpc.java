package io.devicemgr.testkit.kubelet;

/** The calls that a simulated kubelet receives or makes. */
public enum Rpc {
    REGISTER,
    GET_INFO,
    NOTIFY_REGISTRATION_STATUS,
    GET_DEVICE_PLUGIN_OPTIONS,
    LIST_AND_WATCH,
    GET_PREFERRED_ALLOCATION,
    ALLOCATE,
    PRE_START_CONTAINER,
    POD_RESOURCES_LIST,
    POD_RESOURCES_GET,
    POD_RESOURCES_ALLOCATABLE
}
