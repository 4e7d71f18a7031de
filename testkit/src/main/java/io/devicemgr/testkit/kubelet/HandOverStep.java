package io.devicemgr.testkit.kubelet;

/** The three steps that a v1.36 kubelet takes, not atomically, when a ListAndWatch stream has ended (section 2.5). */
public enum HandOverStep {
    /** Look the client up, by resource name only. */
    LOOK_UP,
    /** Remove that resource's entry, whoever it is by now, and close the client found in the first step. */
    REMOVE,
    /** Mark the resource unhealthy and its endpoint stopped. */
    MARK
}
