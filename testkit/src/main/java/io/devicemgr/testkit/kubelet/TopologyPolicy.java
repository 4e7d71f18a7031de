package io.devicemgr.testkit.kubelet;

/** The kubelet's topology manager policy; the scope is always the container. */
public enum TopologyPolicy {
    NONE,
    BEST_EFFORT,
    RESTRICTED,
    SINGLE_NUMA_NODE
}
