package io.devicemgr.agent.device;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the agent sees what the host calls /dev and /sys.
 *
 * @param dev where the host's /dev is mounted
 * @param sys where the host's /sys is mounted
 */
public record HostPaths(Path dev, Path sys) {
    private static final String DEV = "/dev/";
    private static final String SYS = "/sys/";

    /** Nodes that make the device, as the agent sees them; those that come with every device of the kind are not among them. */
    public List<Path> ownNodes(Device device) {
        return device.nodes().stream()
                .filter(node -> node.role() == DeviceNode.Role.OWN)
                .map(node -> below(dev, DEV, node.path()))
                .toList();
    }

    /** Directory of the device in sysfs as the agent sees it; nothing when discovery does not know it. */
    public Optional<Path> sysfsDirectory(Device device) {
        return Optional.ofNullable(device.hardware().sysfsPath()).map(path -> below(sys, SYS, path));
    }

    /** What a command of a setting may name, by the names: everything is written as the agent sees it, because the command runs there. */
    public Map<String, String> variables(Device device) {
        List<Path> nodes = ownNodes(device);
        return Map.of(
                "DEVICE_PATH", nodes.isEmpty() ? device.path() : nodes.get(0).toString(),
                "DEVICE_ID", device.id().value(),
                "DEVICE_SYSFS_PATH", sysfsDirectory(device).map(Path::toString).orElse(""),
                "RESOURCE_NAME", device.resource());
    }

    private static Path below(Path mounted, String root, String path) {
        return path.startsWith(root) ? mounted.resolve(path.substring(root.length())) : Path.of(path);
    }
}
