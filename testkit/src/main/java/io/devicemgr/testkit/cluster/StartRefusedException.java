package io.devicemgr.testkit.cluster;

/** A container cannot be created (now); kubelet and runtime would try again. */
final class StartRefusedException extends Exception {
    /** Reason of a pull that has failed; while the next one is waited for it is ImagePullBackOff. */
    static final String ERR_IMAGE_PULL = "ErrImagePull";

    private static final long serialVersionUID = 1L;

    private final String reason;

    StartRefusedException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The reason of the container's waiting state, such as {@code CreateContainerError}. */
    String reason() {
        return reason;
    }
}
