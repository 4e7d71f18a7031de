package io.devicemgr.testkit.kubelet;

/** What the node status says about one extended resource. */
public record DeviceCount(int capacity, int allocatable) {
    static final DeviceCount NONE = new DeviceCount(0, 0);
}
