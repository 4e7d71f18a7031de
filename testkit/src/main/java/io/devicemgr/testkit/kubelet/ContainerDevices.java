package io.devicemgr.testkit.kubelet;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the runtime is told to give to one container, merged over its resources as rule 70 says, and which ids that is.
 * {@code deviceIds} maps the resource name to its ids.
 */
public record ContainerDevices(
        Map<String, Set<String>> deviceIds,
        Map<String, String> env,
        List<MountSpecification> mounts,
        List<DeviceNode> devices,
        Map<String, String> annotations,
        List<String> cdiNames) {

    public ContainerDevices {
        deviceIds = Map.copyOf(deviceIds);
        env = Map.copyOf(env);
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
        annotations = Map.copyOf(annotations);
        cdiNames = List.copyOf(cdiNames);
    }

    /** The ids of one resource; empty when the container has none of it. */
    public Set<String> ids(String resource) {
        return deviceIds.getOrDefault(resource, Set.of());
    }

    /** A bind mount, verbatim as the plugin gave it. */
    public record MountSpecification(String hostPath, String containerPath, boolean readOnly) {}

    /** A device node, verbatim as the plugin gave it (rule 69). */
    public record DeviceNode(String hostPath, String containerPath, String permissions) {}
}
