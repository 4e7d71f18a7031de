package io.devicemgr.images;

import io.devicemgr.images.ImageTar.ImageOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Both images as tars: what {@code mvn -Pimages package} runs at its end. */
public final class ImageBuild {
    private static final int ARGUMENTS = 6;
    private static final double MIB = 1 << 20;

    private ImageBuild() {}

    /** Arguments: project, output directory, JDK, base, format, where to push; the last one may be empty. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < ARGUMENTS - 1) {
            System.err.println("usage: ImageBuild PROJECT OUTPUT JDK BASE oci|docker [PUSH]");
            System.exit(2);
        }
        Project project = Project.of(Path.of(arguments[0]));
        Path output = Path.of(arguments[1]);
        String push = arguments.length == ARGUMENTS ? arguments[ARGUMENTS - 1] : "";
        ImageOptions options = ImageOptions.of(arguments[3], arguments[4], push, Path.of(arguments[2]));
        for (Image image : Image.values()) {
            Path laidOut = output.resolve(image.title());
            ImageRoot.make(
                    image, project, laidOut, options.jdk(), options.base().equals(ImageRoot.SCRATCH));
            Path tar = output.resolve(image.title() + ".tar");
            new ImageTar(image, project, laidOut, options).make(tar);
            System.out.printf(Locale.ROOT, "%s %.1f MiB%n", tar, Files.size(tar) / MIB);
        }
        // jib's threads for the network live on for a while.
        System.exit(0);
    }
}
