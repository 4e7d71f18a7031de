package io.devicemgr.operator.rollout;

import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Trial;
import java.util.Optional;

/**
 * An agent that is to be replaced now.
 *
 * @param pod the pod to delete; the DaemonSet makes a new one
 * @param trial what is to be written on the node's report before; nothing when the rollout does not look back
 */
public record Replacement(AgentPod pod, Optional<Trial> trial) {}
