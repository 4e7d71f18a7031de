package io.devicemgr.testkit.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The images that a node can pull. */
public final class ImageStore {
    private final Map<String, Image> images = new ConcurrentHashMap<>();

    /** An image: the command that its containers run unless they name their own, and its part of the environment. */
    public record Image(List<String> entrypoint, Map<String, String> environment) {
        /** Containers of this image run for ever and do nothing. */
        public static final Image IDLE = new Image(List.of(), Map.of());

        public Image {
            entrypoint = List.copyOf(entrypoint);
            environment = Map.copyOf(environment);
        }
    }

    /** Makes an image known. */
    public ImageStore add(String name, Image image) {
        images.put(name, image);
        return this;
    }

    /** From now on the image cannot be pulled any more; containers that run go on. */
    public void remove(String name) {
        images.remove(name);
    }

    Optional<Image> find(String name) {
        return Optional.ofNullable(images.get(name));
    }
}
