package io.devicemgr.testkit.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The images that a node can pull, and the command that a container of each runs. */
public final class ImageStore {
    private final Map<String, List<String>> entrypoints = new ConcurrentHashMap<>();

    /** An image whose containers run a process of this machine. */
    public ImageStore add(String image, List<String> entrypoint) {
        entrypoints.put(image, List.copyOf(entrypoint));
        return this;
    }

    /** An image whose containers run for ever and do nothing. */
    public ImageStore addIdle(String image) {
        return add(image, List.of());
    }

    /** From now on the image cannot be pulled any more; containers that run go on. */
    public void remove(String image) {
        entrypoints.remove(image);
    }

    Optional<List<String>> entrypoint(String image) {
        return Optional.ofNullable(entrypoints.get(image));
    }
}
