package io.devicemgr.images;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** Makes a tar of an image's file system, without a daemon, and without a network when the base is here. */
final class ImageTar {
    private static final String TAR = "tar:";
    private static final String DIRECTORY = "dir:";

    private final Image image;
    private final Project project;
    private final Path laidOut;
    private final ImageOptions options;

    /**
     * One to be made.
     *
     * @param laidOut what {@link ImageRoot} made
     */
    ImageTar(Image image, Project project, Path laidOut, ImageOptions options) {
        this.image = image;
        this.project = project;
        this.laidOut = laidOut;
        this.options = options;
    }

    /** Writes the tar, and sends the image to a registry if that is asked for. */
    void make(Path tar) throws IOException {
        String name = image.title() + ":" + project.version();
        try {
            build(Containerizer.to(TarImage.at(tar).named(name)));
            if (!options.push().isEmpty()) {
                build(Containerizer.to(RegistryImage.named(options.push() + "/" + name)));
            }
        } catch (InvalidImageReferenceException
                | RegistryException
                | CacheDirectoryCreationException
                | ExecutionException e) {
            throw new IOException(image.title() + " was not made: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void build(Containerizer to)
            throws IOException, InvalidImageReferenceException, RegistryException, CacheDirectoryCreationException,
                    ExecutionException, InterruptedException {
        // A new one each time: jib knows files by their times, which are all the same here.
        Path cache = laidOut.resolveSibling("cache");
        Tree.delete(cache);
        boolean here = options.base().startsWith(TAR) || options.base().startsWith(DIRECTORY) || isScratch();
        JibContainerBuilder builder = base().setPlatforms(Set.of(new Platform(architecture(), "linux")))
                .setFormat(options.format())
                .setCreationTime(project.timestamp())
                .setUser(image.user())
                .setEnvironment(image.environment())
                .setExposedPorts(Port.tcp(Image.PORT))
                .setLabels(image.labels(project.version()))
                .setWorkingDirectory(AbsoluteUnixPath.get(Image.HOME))
                .setEntrypoint(image.entrypoint());
        for (FileEntriesLayer layer : layers()) {
            builder.addFileEntriesLayer(layer);
        }
        builder.containerize(to.setBaseImageLayersCache(cache)
                .setApplicationLayersCache(cache)
                .setToolName(project.directory().getFileName().toString())
                .setOfflineMode(here && options.push().isEmpty()));
    }

    private JibContainerBuilder base() throws IOException, InvalidImageReferenceException {
        String base = options.base();
        if (isScratch()) {
            return Jib.fromScratch();
        }
        if (base.startsWith(TAR)) {
            return Jib.from(TarImage.at(Path.of(base.substring(TAR.length()))));
        }
        if (base.startsWith(DIRECTORY)) {
            Path tar = laidOut.resolveSibling("base.tar");
            BaseDirectory.pack(Path.of(base.substring(DIRECTORY.length())), tar, architecture(), project.timestamp());
            return Jib.from(TarImage.at(tar));
        }
        return Jib.from(base);
    }

    private boolean isScratch() {
        return options.base().equals(ImageRoot.SCRATCH);
    }

    /** What changes seldom comes first: nodes that have it do not pull it again. */
    private List<FileEntriesLayer> layers() throws IOException {
        Path root = laidOut.resolve("root");
        Path home = Image.below(root, Image.HOME);
        List<FileEntriesLayer> layers = new ArrayList<>();
        if (isScratch()) {
            layers.add(layer("libraries", laidOut.resolve("libraries"), ""));
        }
        layers.add(layer("java", home.resolve("java"), Image.RUNTIME));
        layers.add(layer("jars", home.resolve("lib"), Image.HOME + "/lib"));
        FileEntriesLayer.Builder rest = FileEntriesLayer.builder().setName("program");
        for (Path path : Tree.list(home)) {
            boolean elsewhere = path.startsWith(home.resolve("java")) || path.startsWith(home.resolve("lib"));
            if (!elsewhere && !path.equals(home)) {
                add(rest, path, Image.HOME + "/" + home.relativize(path));
            }
        }
        layers.add(rest.build());
        return layers;
    }

    private FileEntriesLayer layer(String name, Path directory, String at) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        for (Path path : Tree.list(directory)) {
            if (!path.equals(directory)) {
                add(layer, path, at + "/" + directory.relativize(path));
            }
        }
        return layer.build();
    }

    private void add(FileEntriesLayer.Builder layer, Path file, String path) throws IOException {
        boolean executable = Files.isDirectory(file) || Files.isExecutable(file);
        layer.addEntry(
                file,
                AbsoluteUnixPath.get(path),
                FilePermissions.fromOctalString(executable ? "755" : "644"),
                project.timestamp());
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    /**
     * What the build is told.
     *
     * @param base what the image is made on
     * @param format of the tar
     * @param push registry and path to send the images to; empty for none
     * @param jdk the JDK whose runtime it has
     */
    record ImageOptions(String base, ImageFormat format, String push, Path jdk) {
        static ImageOptions of(String base, String format, String push, Path jdk) {
            return Arrays.stream(ImageFormat.values())
                    .filter(value -> value.name().equalsIgnoreCase(format))
                    .map(value -> new ImageOptions(base, value, push, jdk))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("image.format is oci or docker, not " + format));
        }
    }
}
