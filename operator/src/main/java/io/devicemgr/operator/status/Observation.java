package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.rollout.AgentPod;
import io.fabric8.kubernetes.api.model.Node;
import java.util.List;

/**
 * What the cluster looks like, as far as one deployment is concerned.
 *
 * @param nodes the nodes that its placement selects
 * @param pods its agent pods
 * @param reports its reports
 * @param failedCreates why the DaemonSet controller could not make pods; the newest first
 * @param machineConfigs the machine config operator's objects
 */
public record Observation(
        List<Node> nodes,
        List<AgentPod> pods,
        List<NodeDeviceReport> reports,
        List<String> failedCreates,
        MachineConfigs machineConfigs) {}
