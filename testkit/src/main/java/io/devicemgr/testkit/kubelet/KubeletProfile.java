package io.devicemgr.testkit.kubelet;

/** Which kubelet is simulated; they differ in how they keep several plugins of one resource apart. */
public enum KubeletProfile {
    /** Kubernetes v1.36: clients by resource name only, with the hand-over fault that follows from it (rule 93). */
    K136,
    /** After upstream's pull request 135437: clients by resource and socket, a survivor takes over (rule 94). */
    K137
}
