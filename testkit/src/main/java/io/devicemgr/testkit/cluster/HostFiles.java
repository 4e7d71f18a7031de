package io.devicemgr.testkit.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file system of a simulated node: a directory of this machine that stands for {@code /}, with parts of this machine
 * shown through where that is asked for.
 */
final class HostFiles {
    private final Path root;
    private final Map<String, Path> shownThrough = new TreeMap<>(Comparator.reverseOrder());

    HostFiles(Path root) {
        this.root = root;
    }

    /** Shows a directory of this machine under a path of the node. */
    void showThrough(String path, Path source) {
        shownThrough.put(path, source);
    }

    /** Where an absolute path of the node is on this machine. */
    Path resolve(String path) {
        for (Map.Entry<String, Path> entry : shownThrough.entrySet()) {
            if (path.equals(entry.getKey()) || path.startsWith(entry.getKey() + "/")) {
                return Path.of(entry.getValue() + path.substring(entry.getKey().length()));
            }
        }
        return root.resolve(path.substring(1));
    }

    Path create(String path) throws IOException {
        return Files.createDirectories(resolve(path));
    }
}
