package io.devicemgr.operator.status;

import java.util.List;
import java.util.Map;

/**
 * What events tell of agent pods that do not run.
 *
 * @param namespace of the agents
 * @param account service account of the agents
 * @param sccRole ClusterRole that lets such pods in on OpenShift
 * @param failedCreates why the DaemonSet controller could not make pods; the newest first
 * @param byPod why a kubelet could not start a pod, by the pod's name
 */
public record PodTraces(
        String namespace, String account, String sccRole, List<String> failedCreates, Map<String, String> byPod) {
    public PodTraces {
        failedCreates = List.copyOf(failedCreates);
        byPod = Map.copyOf(byPod);
    }
}
