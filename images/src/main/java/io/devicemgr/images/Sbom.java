package io.devicemgr.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;

/** The list of what is in an image: the one that CycloneDX made of the jars, and what the image has besides them. */
final class Sbom {
    /** The list's own; the tools that made it are components too, further in. */
    private static final String COMPONENTS = "\n  \"components\" : [";

    private Sbom() {}

    static void write(Image image, Project project, Path runtime, Path libraries, Path to) throws IOException {
        String jars = Files.readString(Project.built(project.target(image).resolve("bom.json")));
        for (Path jar : Tree.list(to.resolveSibling("lib"))) {
            if (Files.isRegularFile(jar) && !jars.contains(sha256(jar))) {
                throw new IllegalStateException(
                        project.target(image).resolve("bom.json") + " does not have this " + jar.getFileName()
                                + ": build again with -Pimages, and without -o, with which CycloneDX makes no list");
            }
        }
        List<String> more = new ArrayList<>();
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(runtime.resolve("release"))) {
            release.load(in);
        }
        more.add("""
                {"type": "platform", "bom-ref": "java-runtime", "name": "OpenJDK", "version": %s, "publisher": %s, \
                "description": "Java runtime with the modules %s"}""".formatted(
                        release.getOrDefault("JAVA_RUNTIME_VERSION", release.get("JAVA_VERSION")),
                        release.getOrDefault("IMPLEMENTOR", "\"unknown\""),
                        String.join(", ", image.javaModules())));
        for (Path file : Tree.list(libraries)) {
            if (Files.isRegularFile(file) && file.toString().contains(".so")) {
                String path = "/" + libraries.relativize(file);
                more.add("""
                        {"type": "file", "bom-ref": "%1$s", "name": "%1$s", "hashes": [{"alg": "SHA-256", "content": "%2$s"}]}""".formatted(path, sha256(file)));
            }
        }
        if (!jars.contains(COMPONENTS)) {
            throw new IllegalStateException("bom.json has no components");
        }
        Files.writeString(to, jars.replace(COMPONENTS, COMPONENTS + "\n    " + String.join(",\n    ", more) + ","));
    }

    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
