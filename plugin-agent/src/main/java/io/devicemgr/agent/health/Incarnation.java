package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.NodeNumber;
import java.time.Instant;
import java.util.List;

/**
 * One stay of one piece of hardware: what was found out about another one says nothing about this.
 *
 * @param resource resource that the device belongs to
 * @param identity what stands there
 * @param numbers numbers of its nodes
 * @param sysfsPath its directory in sysfs, or null
 * @param since since when it is there
 */
record Incarnation(String resource, String identity, List<NodeNumber> numbers, String sysfsPath, Instant since) {

    static Incarnation of(Device device) {
        return new Incarnation(
                device.resource(),
                device.hardware().identity(),
                device.nodes().stream().map(DeviceNode::number).toList(),
                device.hardware().sysfsPath(),
                device.presence().since());
    }
}
