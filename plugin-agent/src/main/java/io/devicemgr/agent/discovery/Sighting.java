package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.NodeNumber;

/**
 * What stands under a path that a selector matches.
 *
 * @param resource resource of the selector
 * @param path the path asked for, below /dev
 * @param hostPath path of the node on the host, links followed where they stay below /dev
 * @param number the device, or null when there is a problem
 * @param problem why there is no device, or null
 */
record Sighting(String resource, String path, String hostPath, NodeNumber number, Reason problem) {

    boolean isDevice() {
        return number != null;
    }
}
