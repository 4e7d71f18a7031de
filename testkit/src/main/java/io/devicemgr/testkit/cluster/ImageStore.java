package io.devicemgr.testkit.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The registry that all nodes pull from, and the images that they have pulled. */
public final class ImageStore {
    private final Map<String, Image> registry = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Image>> pulled = new ConcurrentHashMap<>();

    /**
     * An image.
     *
     * @param entrypoint the command that its containers run unless they name their own; without one they run for ever and do nothing
     * @param environment its part of the environment; paths that are mounted stand for what is mounted there
     * @param portVariable environment variable with the port that a container listens on at all addresses; since all containers
     *     share those of this machine, each is told another port, and probes find it there. Empty for images that need none
     */
    public record Image(List<String> entrypoint, Map<String, String> environment, String portVariable) {
        /** Containers of this image run for ever and do nothing. */
        public static final Image IDLE = new Image(List.of(), Map.of());

        public Image {
            entrypoint = List.copyOf(entrypoint);
            environment = Map.copyOf(environment);
        }

        /** An image that listens at addresses of its own, or not at all. */
        public Image(List<String> entrypoint, Map<String, String> environment) {
            this(entrypoint, environment, "");
        }

        /**
         * The same after a piece of shell, with which an image can go wrong in every way: {@code echo no driver; exit 3} is
         * one that fails at its start, {@code exec sleep 9999} never gets ready, {@code sleep 3} is slow, and
         * {@code export DEV_DIR=$DEV_DIR/part} sees less.
         */
        public Image after(String shell) {
            List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell + "\nexec \"$@\"", "sh"));
            command.addAll(entrypoint);
            return new Image(command, environment, portVariable);
        }
    }

    /** Puts an image into the registry. Nodes that have pulled another one of this name keep it. */
    public ImageStore add(String name, Image image) {
        registry.put(name, image);
        return this;
    }

    /** From now on the image cannot be pulled any more; nodes that have it go on using it. */
    public void remove(String name) {
        registry.remove(name);
    }

    /** Like remove, and the nodes have cleaned up too; containers that run go on. */
    public void purge(String name) {
        remove(name);
        pulled.values().forEach(images -> images.remove(name));
    }

    /** The image on a node, pulled when the policy asks for it. */
    Image pull(String node, String name, String policy) throws StartRefusedException {
        Map<String, Image> present = pulled.computeIfAbsent(node, n -> new ConcurrentHashMap<>());
        Image here = present.get(name);
        if ("Never".equals(policy) && here == null) {
            throw new StartRefusedException(
                    "ErrImageNeverPull", "Container image \"" + name + "\" is not present with pull policy of Never");
        }
        if (here != null && !"Always".equals(policy)) {
            return here;
        }
        Image there = registry.get(name);
        if (there == null) {
            throw new StartRefusedException(StartRefusedException.ERR_IMAGE_PULL, notFound(reference(name)));
        }
        present.put(name, there);
        return there;
    }

    /** A new machine of this name has pulled nothing. */
    void forget(String node) {
        pulled.remove(node);
    }

    /** As containerd says it. */
    private static String notFound(String reference) {
        return "rpc error: code = NotFound desc = failed to pull and unpack image \"" + reference
                + "\": failed to resolve reference \"" + reference + "\": " + reference + ": not found";
    }

    private static String reference(String name) {
        int slash = name.indexOf('/');
        String host = slash < 0 ? "" : name.substring(0, slash);
        boolean full = host.contains(".") || host.contains(":") || host.equals("localhost");
        String path = full ? name : "docker.io/" + (slash < 0 ? "library/" : "") + name;
        return path.substring(path.lastIndexOf('/')).contains(":") || path.contains("@") ? path : path + ":latest";
    }
}
