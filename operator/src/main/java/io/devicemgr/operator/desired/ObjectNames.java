package io.devicemgr.operator.desired;

/** The names of all objects that the operator makes, and of those that it refers to. */
public final class ObjectNames {
    /** ClusterRole of the agents; installed with the operator. */
    public static final String AGENT_CLUSTER_ROLE = "device-plugin-agent";
    /** ClusterRole that OpenShift installs for the use of its privileged SCC (docs/openshift.md 5). */
    public static final String PRIVILEGED_SCC_CLUSTER_ROLE = "system:openshift:scc:privileged";

    /** ClusterRole for the use of the SCC of restricted agents; both are installed with the operator. */
    public static final String RESTRICTED_SCC_CLUSTER_ROLE = "device-plugin-agent-scc";
    /** OpenShift's own SCC that allows everything. */
    static final String PRIVILEGED_SCC = "privileged";
    /** SCC of restricted agents. */
    static final String RESTRICTED_SCC = "device-plugin-agent";

    private static final String PREFIX = "devicemgr-";

    private ObjectNames() {}

    /** Name of the DaemonSet, the service account and the bindings. */
    public static String agent(String deployment) {
        return PREFIX + deployment;
    }

    /** Name of the binding to the privileged SCC. */
    public static String sccRoleBinding(String deployment) {
        return PREFIX + deployment + "-scc";
    }

    /** Name of the binding to the SCC of restricted agents: what a binding refers to can never be changed, so there are two. */
    public static String restrictedSccRoleBinding(String deployment) {
        return PREFIX + deployment + "-scc-restricted";
    }

    /** Name of the settings of one revision. */
    public static String configMap(String deployment, String revision) {
        return PREFIX + deployment + "-" + revision;
    }

    /** Name of the KubeletConfig. */
    public static String kubeletConfig(String deployment) {
        return PREFIX + deployment;
    }

    /** Name of one part of what a deleted deployment has left. */
    public static String leftovers(String deployment, String uid, int part) {
        return PREFIX + deployment + "-left-" + Revision.ofObject(uid) + "-" + part;
    }
}
