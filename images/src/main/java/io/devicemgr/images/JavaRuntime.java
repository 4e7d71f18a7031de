package io.devicemgr.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The part of a JDK that an image needs. */
final class JavaRuntime {
    private static final Set<String> PROGRAMS = Set.of("java");

    private JavaRuntime() {}

    /** Links it into a directory that is not there yet. */
    static void link(Path jdk, List<String> modules, Path directory) throws IOException {
        Files.createDirectories(directory.getParent());
        // Newer JDKs have some of them in java.base.
        Set<String> known = Command.run(List.of(jdk.resolve("bin/java").toString(), "--list-modules"))
                .lines()
                .map(line -> line.replaceFirst("@.*", ""))
                .collect(Collectors.toSet());
        List<String> command = new ArrayList<>(List.of(
                jdk.resolve("bin/jlink").toString(),
                "--add-modules",
                String.join(",", modules.stream().filter(known::contains).toList()),
                "--output",
                directory.toString(),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--vm",
                "server"));
        Command.run(command);
        for (Path program : Tree.list(directory.resolve("bin"))) {
            if (Files.isRegularFile(program)
                    && !PROGRAMS.contains(program.getFileName().toString())) {
                Files.delete(program);
            }
        }
        for (Path path : Tree.list(directory)) {
            // Texts that several modules share; some builders keep links, and others do not.
            if (Files.isSymbolicLink(path)) {
                byte[] text = Files.readAllBytes(path);
                Files.delete(path);
                Files.write(path, text);
            }
        }
        // The agent starts probes and resets with it; without a shell, and without a copy of itself.
        Project.built(directory.resolve("lib/jspawnhelper"));
    }
}
