package io.devicemgr.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The archive of the classes that an image's program uses. It belongs to one JVM, and is made by running it: there is none in an
 * image for another architecture than the one that builds it.
 */
final class ClassData {
    private final Image image;
    private final Project project;
    private final Path jdk;
    private final Path root;

    ClassData(Image image, Project project, Path jdk, Path root) {
        this.image = image;
        this.project = project;
        this.jdk = jdk;
        this.root = root;
    }

    /** Runs the program through all that it does, and archives the classes that it loaded. */
    void make(Path work) throws IOException {
        Path home = Image.below(root, Image.HOME);
        Path jar = home.resolve(image.jar());
        Path options = work.resolve(image.options());
        Files.writeString(options, AppFiles.options(image, project, home.toString()));
        Path classes = work.resolve(image.module() + ".classes");
        String java = Image.below(root, Image.RUNTIME).resolve("bin/java").toString();
        List<String> training = new ArrayList<>(List.of(jdk.resolve("bin/java").toString()));
        training.addAll(surroundings());
        training.addAll(List.of(
                java, "@" + options, "-Xshare:off", "-XX:DumpLoadedClassList=" + classes, "-jar", jar.toString()));
        Command.run(training);
        // The archive notes where the jar was, as it was said: not below which directory, as the image does not say it
        // either.
        List<String> dump = List.of(
                java,
                "@" + options,
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + home.resolve(image.archive()),
                "-cp",
                image.jar());
        Command.run(dump, home);
        Project.built(home.resolve(image.archive()));
    }

    private List<String> surroundings() {
        return switch (image) {
            case AGENT ->
                List.of(
                        "-cp",
                        Project.built(project.target(image).resolve(image.jar()))
                                .toString(),
                        "io.devicemgr.agent.AgentTraining");
            case OPERATOR ->
                List.of(
                        "-cp",
                        Project.built(project.directory().resolve("testkit/target/testkit.jar"))
                                .toString(),
                        "io.devicemgr.testkit.sandbox.OperatorTraining");
        };
    }
}
