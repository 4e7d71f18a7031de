package io.devicemgr.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an image needs of an operating system, for a base that has nothing: the C library and its like, from where it is built. */
final class SharedLibraries {
    private static final Pattern LOCATION = Pattern.compile("(/\\S+) \\(0x");
    private static final List<String> LOADERS = List.of("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1");
    /** C.UTF-8, without which the JVM cannot name a file that is not plain ASCII. */
    private static final Path LOCALE = Path.of("/usr/lib/locale/C.utf8");

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final Pattern OTHER_ARCHITECTURE =
            Pattern.compile(System.getProperty("os.arch").equals("aarch64") ? "x86-64" : "aarch64");

    private SharedLibraries() {}

    /**
     * Copies what is linked to and not there.
     *
     * @param root where programs and libraries lie
     * @param runtime where the JVM lies, which knows by itself where its own libraries are
     * @param to the directory that stands for /
     */
    static void copy(Path root, Path runtime, Path to) throws IOException {
        String loader = LOADERS.stream()
                .filter(path -> Files.exists(Path.of(path)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("an image from scratch needs a machine with the GNU C library"));
        Set<String> needed = new TreeSet<>(Set.of(loader));
        for (Path file : Tree.list(root)) {
            if (Files.isRegularFile(file) && isElf(file) && !isForeign(file)) {
                Matcher matcher = LOCATION.matcher(Command.run(List.of(
                        loader,
                        "--library-path",
                        runtime + "/lib:" + runtime + "/lib/server",
                        "--list",
                        file.toString())));
                while (matcher.find()) {
                    needed.add(matcher.group(1));
                }
            }
        }
        for (String library : needed) {
            if (!library.startsWith(root.toString())) {
                Tree.copy(Path.of(library), Image.below(to, library));
            }
        }
        Tree.copy(LOCALE, Image.below(to, LOCALE.toString()));
        Files.createDirectories(to.resolve("etc"));
        Files.writeString(
                to.resolve("etc/passwd"), "root:x:0:0:root:/:/none\noperator:x:65532:65532:operator:/:/none\n");
        Files.writeString(to.resolve("etc/group"), "root:x:0:\noperator:x:65532:\n");
    }

    private static boolean isElf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(ELF.length);
            return Arrays.equals(start, ELF);
        }
    }

    private static boolean isForeign(Path file) {
        return OTHER_ARCHITECTURE.matcher(file.toString()).find();
    }
}
