package io.devicemgr.agent.device;

/**
 * A device node that belongs to a device.
 *
 * @param path path below /dev that was asked for; the container gets the node under it
 * @param hostPath path of the node on the host, links followed where they stay below /dev
 * @param number what the kernel knows it by
 * @param role what it means to the device
 */
public record DeviceNode(String path, String hostPath, NodeNumber number, Role role) {

    /** What a node means to its device. */
    public enum Role {
        /** Belongs to this device alone, which is nothing without it. */
        OWN,
        /** Belongs to this device alone, which works without it too. */
        OPTIONAL,
        /** Comes with every device of its kind, such as /dev/vfio/vfio. */
        SHARED
    }

    /** A node that makes the device. */
    public static DeviceNode own(String path, String hostPath, NodeNumber number) {
        return new DeviceNode(path, hostPath, number, Role.OWN);
    }
}
