package io.devicemgr.api.v1alpha1;

/** Health of a device, in the kubelet's own words (contract rule 42). */
public enum DeviceHealth {
    Healthy,
    Unhealthy
}
