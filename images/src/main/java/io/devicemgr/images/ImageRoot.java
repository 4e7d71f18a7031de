package io.devicemgr.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lays out the file system of an image: {@code root} with the project's part of it, and {@code libraries} with what a base that has
 * nothing lacks. Needs a JDK and nothing else, so that it runs in the JDK's stage of a Containerfile too.
 */
public final class ImageRoot {
    /** The base that has nothing. A Containerfile cannot choose what it copies: BASE in the environment says what is needed. */
    static final String SCRATCH = "scratch";

    private static final String USAGE = "usage: ImageRoot operator|plugin-agent PROJECT OUTPUT [JDK]";

    private ImageRoot() {}

    /** Exits with 2 when it was called wrongly. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3 || arguments.length > 4) {
            System.err.println(USAGE);
            System.exit(2);
        }
        Path jdk = Path.of(arguments.length == 4 ? arguments[3] : System.getProperty("java.home"));
        Path output = Path.of(arguments[2]).toAbsolutePath().normalize();
        Project project = Project.of(Path.of(arguments[1]));
        boolean bare = SCRATCH.equals(System.getenv("BASE"));
        make(Image.of(arguments[0]), project, output, jdk, bare);
        if (bare) {
            Tree.copy(output.resolve("libraries"), output.resolve("root"));
            Tree.settle(output.resolve("root"), project.timestamp());
        }
    }

    /**
     * Lays it out.
     *
     * @param bare whether the base has nothing, so that libraries are needed
     */
    static void make(Image image, Project project, Path output, Path jdk, boolean bare) throws IOException {
        Path place = output.toAbsolutePath().normalize();
        Tree.delete(place);
        Path root = place.resolve("root");
        Path libraries = place.resolve("libraries");
        Path home = Image.below(root, Image.HOME);
        Path runtime = Image.below(root, Image.RUNTIME);
        JavaRuntime.link(jdk, image.javaModules(), runtime);
        AppFiles.copy(image, project, home);
        Files.createDirectories(libraries);
        if (bare) {
            SharedLibraries.copy(root, runtime, libraries);
        }
        Sbom.write(image, project, runtime, libraries, home.resolve(AppFiles.SBOM));
        Tree.settle(root, project.timestamp());
        // After the jars have their time.
        new ClassData(image, project, jdk, root).make(place);
        Tree.settle(root, project.timestamp());
        Tree.settle(libraries, project.timestamp());
    }
}
