package io.devicemgr.testkit.kubelet;

/** What a {@link KubeletProfile#K137} kubelet does with a resource and socket that it still has (rule 25). */
public enum RepeatedRegistration {
    /** Dials, asks for the options, and refuses with {@code device plugin already connected: <socket>}. */
    REFUSED,
    /** Answers OK and does nothing. */
    IGNORED
}
