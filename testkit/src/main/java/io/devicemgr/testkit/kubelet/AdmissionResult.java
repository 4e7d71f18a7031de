package io.devicemgr.testkit.kubelet;

import java.util.Map;

/** The kubelet's answer to a pod that was bound to its node. */
public sealed interface AdmissionResult {
    /** The pod may run; what each container gets, by container name. */
    record Admitted(Map<String, ContainerDevices> containers) implements AdmissionResult {
        public Admitted {
            containers = Map.copyOf(containers);
        }
    }

    /**
     * The pod is Failed for good. The reason is {@code UnexpectedAdmissionError}, {@code TopologyAffinityError} or
     * {@code OutOf<resource>}; the message is that of the pod status (rule 63).
     */
    record Rejected(String reason, String message) implements AdmissionResult {}

    /** The containers of an admitted pod; fails with the message of a rejected one. */
    default Map<String, ContainerDevices> containers() {
        if (this instanceof Rejected rejected) {
            throw new AssertionError("The pod was not admitted: " + rejected);
        }
        return ((Admitted) this).containers();
    }
}
