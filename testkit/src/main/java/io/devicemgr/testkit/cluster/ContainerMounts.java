package io.devicemgr.testkit.cluster;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the paths of a container really are. Processes of simulated pods share this machine's file system, so a path that
 * a container is told (by an environment variable or an argument) is replaced by the path that is mounted there.
 */
final class ContainerMounts {
    private final Map<String, Path> sources = new TreeMap<>(Comparator.reverseOrder());

    void add(String containerPath, Path source) {
        sources.put(containerPath, source);
    }

    /** The value with a leading mount path replaced; any other value as it is. */
    String map(String value) {
        for (Map.Entry<String, Path> mount : sources.entrySet()) {
            String path = mount.getKey();
            if (value.equals(path) || value.startsWith(path + "/")) {
                return mount.getValue() + value.substring(path.length());
            }
        }
        return value;
    }
}
