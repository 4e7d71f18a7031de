package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;

/** What the kubelets of a sandbox have to complain about. */
final class KubeletJudge {
    private KubeletJudge() {}

    /** Whether none saw a breach of its contract; says those that were seen. */
    static boolean contractKept(SimulatedCluster cluster, Progress progress) {
        boolean kept = true;
        for (SimulatedNode node : cluster.nodes().values()) {
            for (Object violation : node.kubelet().violations()) {
                progress.say("%s: the kubelet saw a violation of its contract: %s", node.name(), violation);
                kept = false;
            }
        }
        return kept;
    }
}
