package io.devicemgr.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory becomes an image that others can be made on. */
class BaseDirectoryTest {
    private static final Instant TIME = Instant.parse("2026-11-22T00:00:00Z");

    @TempDir
    Path directory;

    private Path base;

    @BeforeEach
    void aSmallSystem() throws IOException {
        base = Files.createDirectory(directory.resolve("base"));
        Files.createDirectories(base.resolve("usr/lib"));
        Files.writeString(base.resolve("usr/lib/libc.so.6"), "library");
        Files.createSymbolicLink(base.resolve("lib"), Path.of("usr/lib"));
        Files.setPosixFilePermissions(
                Files.createDirectory(base.resolve("tmp")), PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @Test
    void linksStayLinksAndEverybodyMayWriteToTmp() throws IOException {
        Path tar = directory.resolve("base.tar");
        BaseDirectory.pack(base, tar, "amd64", TIME);
        Path layer = directory.resolve("layer.tar");
        Map<String, TarArchiveEntry> image = new LinkedHashMap<>();
        try (TarArchiveInputStream in = open(tar)) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                image.put(entry.getName(), entry);
                if (entry.getName().equals("layer.tar")) {
                    Files.copy(in, layer);
                }
            }
        }
        assertThat(image).containsOnlyKeys("config.json", "manifest.json", "layer.tar");
        Map<String, TarArchiveEntry> files = new LinkedHashMap<>();
        try (TarArchiveInputStream in = open(layer)) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), entry);
            }
        }
        assertThat(files).containsOnlyKeys("lib", "tmp/", "usr/", "usr/lib/", "usr/lib/libc.so.6");
        assertThat(files.get("lib").getLinkName()).isEqualTo("usr/lib");
        assertThat(files.get("tmp/").getMode() & 07777).isEqualTo(01777);
        assertThat(files.values()).allSatisfy(entry -> {
            assertThat(entry.getLongUserId()).isZero();
            assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(TIME);
        });
    }

    @Test
    void theSameDirectoryBecomesTheSameFile() throws IOException {
        BaseDirectory.pack(base, directory.resolve("one.tar"), "amd64", TIME);
        BaseDirectory.pack(base, directory.resolve("two.tar"), "amd64", TIME);
        assertThat(directory.resolve("one.tar")).hasSameBinaryContentAs(directory.resolve("two.tar"));
    }

    private static TarArchiveInputStream open(Path tar) throws IOException {
        InputStream in = Files.newInputStream(tar);
        return new TarArchiveInputStream(in);
    }
}
