package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the agent sees what the host calls /dev and /sys.
 *
 * @param dev where the host's /dev is mounted
 * @param sys where the host's /sys is mounted
 */
record HostPaths(Path dev, Path sys) {
    private static final String DEV = "/dev/";
    private static final String SYS = "/sys/";

    /** Nodes that make the device, as the agent sees them; those that come with every device of the kind are not among them. */
    List<Path> ownNodes(Device device) {
        return device.nodes().stream()
                .filter(node -> node.role() == DeviceNode.Role.OWN)
                .map(node -> below(dev, DEV, node.path()))
                .toList();
    }

    /** Directory of the device in sysfs as the agent sees it; nothing when discovery does not know it. */
    Optional<Path> sysfsDirectory(Device device) {
        return Optional.ofNullable(device.hardware().sysfsPath()).map(path -> below(sys, SYS, path));
    }

    private static Path below(Path mounted, String root, String path) {
        return path.startsWith(root) ? mounted.resolve(path.substring(root.length())) : Path.of(path);
    }
}
