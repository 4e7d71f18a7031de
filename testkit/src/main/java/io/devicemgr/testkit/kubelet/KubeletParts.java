package io.devicemgr.testkit.kubelet;

import java.util.concurrent.Executor;

/** What all lives of one simulated kubelet share. */
record KubeletParts(
        SimulatedKubeletOptions options,
        UnixSockets sockets,
        Executor executor,
        RandomOrder order,
        NodeState node,
        CallLog calls,
        ViolationLog violations,
        ReceivedLists lists,
        FaultPlan faults) {}
