package io.devicemgr.agent.device;

import java.util.List;
import java.util.Objects;

/**
 * One device that the kubelet hands out.
 *
 * @param resource extended resource that it belongs to
 * @param id its name towards the kubelet
 * @param hardware what stands for it, as it was when it was last there
 * @param presence whether it is there and is the one that it was
 * @param probe what the probes say; null when the resource has none
 */
public record Device(String resource, DeviceId id, Hardware hardware, Health presence, Health probe) {

    public Device {
        Objects.requireNonNull(presence, "presence");
    }

    /** Whether the device can be used: it must be there, and the probes must not object. */
    public Health health() {
        if (!presence.isHealthy() || probe == null) {
            return presence;
        }
        return probe.isHealthy() && probe.since().isBefore(presence.since()) ? presence : probe;
    }

    /** The path or name that the device is known by. */
    public String path() {
        return paths().isEmpty() ? hardware.key() : paths().get(0);
    }

    /** All paths and names under which it was found. */
    public List<String> paths() {
        return hardware.paths();
    }

    /** Nodes that a container gets. */
    public List<DeviceNode> nodes() {
        return hardware.nodes();
    }

    /** The same device with another verdict on its presence; one that says the same keeps its time. */
    public Device withPresence(Health verdict) {
        return new Device(resource, id, hardware, verdict.after(presence), probe);
    }

    /** The same device with another verdict of the probes; one that says the same keeps its time. */
    public Device withProbe(Health verdict) {
        return new Device(resource, id, hardware, presence, probe == null ? verdict : verdict.after(probe));
    }
}
