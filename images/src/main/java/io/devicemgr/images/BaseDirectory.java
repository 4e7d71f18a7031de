package io.devicemgr.images;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A file system in a directory as an image of one layer, as {@code podman save} would write it: links stay links, all belongs to root. */
final class BaseDirectory {
    private static final int EXECUTABLE = 0755;
    private static final int PLAIN = 0644;
    private static final int EVERYBODYS = 01777;

    private BaseDirectory() {}

    /** Writes the image of a directory; of the same directory always the same. */
    static void pack(Path directory, Path tar, String architecture, Instant time) throws IOException {
        Path layer = tar.resolveSibling(tar.getFileName() + ".layer");
        try (TarArchiveOutputStream out = open(layer)) {
            for (Path path : Tree.list(directory)) {
                if (!path.equals(directory)) {
                    add(out, directory, path, time);
                }
            }
        }
        String config = """
                {"architecture": "%s", "os": "linux", "created": "%s", "config": {}, \
                "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}""".formatted(architecture, time, Sbom.sha256(layer));
        String manifest = """
                [{"Config": "config.json", "RepoTags": ["base:latest"], "Layers": ["layer.tar"]}]""";
        try (TarArchiveOutputStream out = open(tar)) {
            add(out, "config.json", config, time);
            add(out, "manifest.json", manifest, time);
            TarArchiveEntry entry = entry("layer.tar", PLAIN, time);
            entry.setSize(Files.size(layer));
            out.putArchiveEntry(entry);
            Files.copy(layer, out);
            out.closeArchiveEntry();
        }
        Files.delete(layer);
    }

    private static void add(TarArchiveOutputStream out, Path directory, Path path, Instant time) throws IOException {
        String name = directory.relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
            TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            link.setLinkName(Files.readSymbolicLink(path).toString());
            settle(link, time);
            out.putArchiveEntry(link);
            out.closeArchiveEntry();
        } else if (Files.isDirectory(path)) {
            out.putArchiveEntry(entry(name + "/", mode(path), time));
            out.closeArchiveEntry();
        } else if (Files.isRegularFile(path)) {
            TarArchiveEntry file = entry(name, mode(path), time);
            file.setSize(Files.size(path));
            out.putArchiveEntry(file);
            Files.copy(path, out);
            out.closeArchiveEntry();
        }
    }

    private static void add(TarArchiveOutputStream out, String name, String text, Instant time) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = entry(name, PLAIN, time);
        entry.setSize(bytes.length);
        out.putArchiveEntry(entry);
        out.write(bytes);
        out.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(String name, int mode, Instant time) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        settle(entry, time);
        return entry;
    }

    private static void settle(TarArchiveEntry entry, Instant time) {
        entry.setLastModifiedTime(FileTime.from(time));
        entry.setIds(0, 0);
        entry.setNames("", "");
    }

    private static int mode(Path path) throws IOException {
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(path);
        if (Files.isDirectory(path)) {
            return rights.contains(PosixFilePermission.OTHERS_WRITE) ? EVERYBODYS : EXECUTABLE;
        }
        return rights.contains(PosixFilePermission.OWNER_EXECUTE) ? EXECUTABLE : PLAIN;
    }

    private static TarArchiveOutputStream open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        return tar;
    }
}
