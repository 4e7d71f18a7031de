package io.devicemgr.testkit;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of the project's examples, so that every module can hold them to what it demands.
 *
 * @param file the YAML, deployment.yaml in a directory of its own
 * @param name name of the DevicePluginDeployment in it
 * @param spec what it asks for
 */
public record Example(Path file, String name, DevicePluginDeploymentSpec spec) {

    /**
     * All examples below a directory, in order.
     *
     * @throws UncheckedIOException when one cannot be read, or has a field that no DevicePluginDeployment has
     */
    public static List<Example> below(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("deployment.yaml"))
                    .sorted()
                    .map(Example::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Example read(Path file) {
        try {
            var deployment = new YAMLMapper().readValue(file.toFile(), DevicePluginDeployment.class);
            return new Example(file, deployment.getMetadata().getName(), deployment.getSpec());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The pod that asks for a device of it; an example that only looks has none. */
    public Path pod() {
        return file.resolveSibling("pod.yaml");
    }

    @Override
    public String toString() {
        return file.getParent().getFileName().toString();
    }
}
