package io.devicemgr.testkit.cluster;

/** Why admission refuses a privileged pod with host paths, in the words of real clusters. */
public enum PodRefusal {
    /** OpenShift, where the service account may use none of the security context constraints that allow it. */
    SECURITY_CONTEXT_CONSTRAINT(
            "unable to validate against any security context constraint: [provider \"anyuid\": Forbidden: not usable by"
                    + " user or serviceaccount, spec.volumes[0]: Invalid value: \"hostPath\": hostPath volumes are not"
                    + " allowed to be used, provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be"
                    + " in the ranges: [1000680000, 1000689999], provider restricted-v2: .containers[0].privileged:"
                    + " Invalid value: true: Privileged containers are not allowed, provider \"restricted\": Forbidden:"
                    + " not usable by user or serviceaccount, provider \"hostmount-anyuid\": Forbidden: not usable by"
                    + " user or serviceaccount, provider \"privileged\": Forbidden: not usable by user or"
                    + " serviceaccount]"),
    /** Pod Security admission in a namespace that enforces the level baseline. */
    POD_SECURITY("violates PodSecurity \"baseline:latest\": hostPath volumes (volumes \"device-plugins\","
            + " \"pod-resources\", \"dev\", \"sys\"), privileged (container \"agent\" must not set"
            + " securityContext.privileged=true)");

    private final String text;

    PodRefusal(String text) {
        this.text = text;
    }

    /** What the API server answers, with 403. */
    String message(String podName) {
        return "pods \"" + podName + "\" is forbidden: " + text;
    }
}
