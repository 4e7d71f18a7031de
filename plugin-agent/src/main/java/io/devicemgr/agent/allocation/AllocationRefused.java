package io.devicemgr.agent.allocation;

/** Devices that cannot be handed out. The text reaches the user in the pod's status and is final for the pod (contract rule 63). */
public final class AllocationRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public AllocationRefused(String message) {
        super(message);
    }
}
