package io.devicemgr.testkit.openshift;

/** The releases that differ in what they say about a KubeletConfig (docs/openshift.md 1.4). */
public enum OpenShiftRelease {
    /** Writes no observedGeneration, and renders pools whatever their KubeletConfigs say. */
    UP_TO_4_13,
    /** A failure is an entry of type Failure and status False. */
    UP_TO_4_21,
    /** A failure is an entry of type Failure and status True. */
    V4_22,
    /** An entry of type Accepted, and after it one of the older types. */
    FROM_4_23
}
