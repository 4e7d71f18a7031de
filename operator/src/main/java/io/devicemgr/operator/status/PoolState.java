package io.devicemgr.operator.status;

/** The states of a pool, as the status shows them. */
final class PoolState {
    static final String UPDATED = "Updated";
    static final String UPDATING = "Updating";
    /** Its target is still the one from before the KubeletConfig. */
    static final String WAITING = "Waiting";

    static final String PAUSED = "Paused";
    static final String DEGRADED = "Degraded";

    private PoolState() {}
}
