package io.devicemgr.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The project's directory with what {@code mvn package} left in it.
 *
 * @param directory the directory
 * @param version the project's version
 * @param timestamp the time that everything made of this version bears
 */
record Project(Path directory, String version, Instant timestamp) {
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>device-plugin-operator</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern TIMESTAMP =
            Pattern.compile("<project.build.outputTimestamp>([^<]+)</project.build.outputTimestamp>");

    /** Reads version and time from the project's pom. */
    static Project of(Path directory) throws IOException {
        String pom = Files.readString(directory.resolve("pom.xml"));
        return new Project(
                directory.toAbsolutePath().normalize(), find(VERSION, pom), Instant.parse(find(TIMESTAMP, pom)));
    }

    private static String find(Pattern pattern, String pom) {
        Matcher matcher = pattern.matcher(pom);
        if (!matcher.find()) {
            throw new IllegalStateException("pom.xml has nothing like " + pattern);
        }
        return matcher.group(1);
    }

    /** What the build of an image's module left. */
    Path target(Image image) {
        return directory.resolve(image.module()).resolve("target");
    }

    /** A file that the build must have left. */
    static Path built(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalStateException(file + " is missing: build with 'mvn -Pimages -DskipTests package' first");
        }
        return file;
    }
}
