package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Fleet;
import java.util.List;

/**
 * What the cluster looks like, as far as one deployment is concerned.
 *
 * @param fleet the nodes that its placement selects, with their agents and reports
 * @param failedCreates why the DaemonSet controller could not make pods; the newest first
 * @param machineConfigs the machine config operator's objects
 */
public record Observation(Fleet fleet, List<String> failedCreates, MachineConfigs machineConfigs) {}
