package io.devicemgr.agent.device;

import java.util.List;

/**
 * One device that the kubelet hands out.
 *
 * @param resource extended resource that it belongs to
 * @param id its name towards the kubelet
 * @param number what it must be to be the same device
 * @param paths paths below /dev by which it was found; the first is the one that it is known by, also in the container
 * @param hostPath path of the node on the host
 * @param health whether it can be used
 */
public record Device(
        String resource, DeviceId id, NodeNumber number, List<String> paths, String hostPath, Health health) {

    public Device {
        paths = List.copyOf(paths);
    }

    /** The path that was asked for and that the device is known by. */
    public String path() {
        return paths.get(0);
    }

    /** The same device with another verdict; a verdict that says the same keeps its time. */
    public Device with(Health verdict) {
        return new Device(resource, id, number, paths, hostPath, verdict.after(health));
    }
}
