package io.devicemgr.testkit.cluster;

/** A volume of a pod cannot be mounted (now); the kubelet would try again. */
final class MountFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    MountFailedException(String message) {
        super(message);
    }
}
