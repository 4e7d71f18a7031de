package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.operator.fleet.Fleet;
import io.fabric8.kubernetes.api.model.Node;
import java.util.List;

/**
 * What the cluster looks like, as far as one deployment is concerned.
 *
 * @param fleet the nodes that its placement selects, with their agents and reports
 * @param nodes all nodes
 * @param traces what events tell of its pods
 * @param machineConfigs the machine config operator's objects
 * @param sharedDevices devices that other deployments offer too
 * @param sightings since when what is seen now has been seen
 */
public record Observation(
        Fleet fleet,
        List<Node> nodes,
        PodTraces traces,
        MachineConfigs machineConfigs,
        List<NodeProblem> sharedDevices,
        Sightings sightings) {}
