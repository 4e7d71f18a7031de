package io.devicemgr.testkit.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sockets below the registry directory (rule 28). It is walked for every pass of the watcher's loop, which sees all that
 * inotify would show; a socket made anew is known by its inode and the time when it was made.
 */
final class RegistryDirectory {
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final Path root;

    RegistryDirectory(Path root) {
        this.root = root;
    }

    /** Makes the directory if it is not there; nothing in it is cleaned up (rule 36). */
    void create() {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + root, e);
        }
    }

    /** Every socket with what tells it from its successor of the same name. */
    Map<Path, Object> sockets() {
        Map<Path, Object> found = new TreeMap<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                    if (!path.getFileName().toString().startsWith(".") && isSocket(path)) {
                        found.put(path, List.of(attributes.fileKey(), attributes.lastModifiedTime()));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path path, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + root, e);
        }
        return found;
    }

    private static boolean isSocket(Path path) {
        try {
            return ((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == SOCKET;
        } catch (IOException gone) {
            return false;
        }
    }
}
