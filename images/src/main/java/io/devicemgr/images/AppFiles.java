package io.devicemgr.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** The project's own files of an image: the jar, its libraries, the settings of the JVM, the list of what is in it. */
final class AppFiles {
    /** Name of the list of what is in an image. */
    static final String SBOM = "sbom.cdx.json";

    private AppFiles() {}

    static void copy(Image image, Project project, Path home) throws IOException {
        Path target = project.target(image);
        Path jar = Project.built(target.resolve(image.jar()));
        Tree.copy(jar, home.resolve(image.jar()));
        // Not the whole directory, in which builds of other versions may have left theirs.
        for (String library : libraries(jar)) {
            Tree.copy(Project.built(target.resolve(library)), home.resolve(library));
        }
        Files.writeString(home.resolve(image.options()), options(image, project, Image.HOME));
        Tree.copy(project.directory().resolve("LICENSE"), home.resolve("LICENSE"));
        Path natives = target.resolve("native");
        if (Files.exists(natives)) {
            Tree.copy(natives, home.resolve("native"));
        }
    }

    private static String[] libraries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest()
                    .getMainAttributes()
                    .getValue(Attributes.Name.CLASS_PATH)
                    .split(" ");
        }
    }

    /** The settings of the JVM for files that lie somewhere. */
    static String options(Image image, Project project, String home) throws IOException {
        Path source = project.directory()
                .resolve(image.module())
                .resolve("src/main/jvm")
                .resolve(image.options());
        return Files.readString(source).replace(image.homeVariable(), home);
    }
}
