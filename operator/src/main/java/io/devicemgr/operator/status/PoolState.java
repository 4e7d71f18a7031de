package io.devicemgr.operator.status;

/** The states of a pool, as the status shows them. */
final class PoolState {
    static final String UPDATED = "Updated";
    static final String UPDATING = "Updating";
    static final String PAUSED = "Paused";
    static final String DEGRADED = "Degraded";

    private PoolState() {}
}
