package io.devicemgr.images;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The two images: what is in them, where, and how they start. The build without a daemon works by it, and a test holds the
 * Containerfiles to it.
 */
enum Image {
    /** Runs as nobody in particular: it needs the API server and nothing of the machine. */
    OPERATOR(
            "device-plugin-operator",
            "Rolls out kubelet device plugins and reports the health of each device",
            "operator",
            "operator",
            "65532:65532",
            Map.of("LC_ALL", "C.UTF-8"),
            List.of(
                    "java.base",
                    "java.logging",
                    "java.naming",
                    "java.net.http",
                    "java.xml",
                    "jdk.crypto.ec",
                    "jdk.httpserver",
                    "jdk.random",
                    "jdk.unsupported")),
    /** Runs as root: device nodes, the kubelet's directories and sysfs belong to root. */
    AGENT(
            "device-plugin-agent",
            "A kubelet device plugin that finds, watches, probes and hands out devices",
            "plugin-agent",
            "agent",
            "0:0",
            // LC_ALL: without it the JVM cannot name a device node that is not plain ASCII. One arena for the whole
            // process: the C library would make one for each thread.
            Map.of("LC_ALL", "C.UTF-8", "MALLOC_ARENA_MAX", "1"),
            List.of(
                    "java.base",
                    "java.logging",
                    "java.naming",
                    "java.net.http",
                    "jdk.crypto.ec",
                    "jdk.random",
                    "jdk.unsupported"));

    /** Where everything of the project lies in an image. */
    static final String HOME = "/opt/devicemgr";
    /** Where the JVM lies in an image. */
    static final String RUNTIME = HOME + "/java";
    /** Health endpoints and metrics. */
    static final int PORT = 8080;

    private final String title;
    private final String description;
    private final String module;
    private final String half;
    private final String user;
    private final Map<String, String> environment;
    private final List<String> javaModules;

    Image(
            String title,
            String description,
            String module,
            String half,
            String user,
            Map<String, String> environment,
            List<String> javaModules) {
        this.title = title;
        this.description = description;
        this.module = module;
        this.half = half;
        this.user = user;
        this.environment = environment;
        this.javaModules = javaModules;
    }

    /** The image of a module: {@code operator} or {@code plugin-agent}. */
    static Image of(String module) {
        for (Image image : values()) {
            if (image.module.equals(module)) {
                return image;
            }
        }
        throw new IllegalArgumentException("no image is made of " + module);
    }

    /** Its name in a registry, without the registry. */
    String title() {
        return title;
    }

    /** The module that it is made of, which is a directory of the project. */
    String module() {
        return module;
    }

    /** User and group by number, as Kubernetes wants them for {@code runAsNonRoot}. */
    String user() {
        return user;
    }

    /** Environment that its containers have. */
    Map<String, String> environment() {
        return environment;
    }

    /** The modules of the JDK that it needs. */
    List<String> javaModules() {
        return javaModules;
    }

    /** Name of the jar that it runs. */
    String jar() {
        return module + ".jar";
    }

    /** Name of the file with the settings of the JVM. */
    String options() {
        return half + ".options";
    }

    /** Name of the class data archive. */
    String archive() {
        return module + ".jsa";
    }

    /** What in the options stands for the place where all of this lies. */
    String homeVariable() {
        return "@" + half + ".home@";
    }

    /**
     * The command that its containers run in {@link #HOME}. No shell takes part in it. The jar's name is not absolute: with the class
     * data archive it is compared as it stands here.
     */
    List<String> entrypoint() {
        return List.of(RUNTIME + "/bin/java", "@" + HOME + "/" + options(), "-jar", jar());
    }

    /** Labels of the OCI image specification. */
    Map<String, String> labels(String version) {
        return Map.of(
                "org.opencontainers.image.title",
                title,
                "org.opencontainers.image.description",
                description,
                "org.opencontainers.image.version",
                version,
                "org.opencontainers.image.licenses",
                "Apache-2.0");
    }

    /** Where a path of the image is below a directory. */
    static Path below(Path root, String path) {
        return root.resolve(path.substring(1));
    }
}
