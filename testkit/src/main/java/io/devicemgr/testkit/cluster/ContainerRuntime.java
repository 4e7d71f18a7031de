package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.ContainerDevices.MountSpecification;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a container runtime does for one pod: images, CDI devices, device nodes, mounts, environment, process. Processes see
 * this machine's file system, so a device or mount is a path that is replaced in what they are told.
 */
final class ContainerRuntime {
    private final Pod pod;
    private final String podIp;
    private final URI apiServer;
    private final ImageStore images;
    private final PodVolumes volumes;
    private final HostFiles host;
    private final CdiSpecs cdi;
    private final Path directory;
    private final Runnable changed;
    private final Map<Integer, Integer> ports = new ConcurrentHashMap<>();

    ContainerRuntime(
            Pod pod,
            String podIp,
            URI apiServer,
            ImageStore images,
            PodVolumes volumes,
            HostFiles host,
            Path directory,
            Runnable changed) {
        this.pod = pod;
        this.podIp = podIp;
        this.apiServer = apiServer;
        this.images = images;
        this.volumes = volumes;
        this.host = host;
        this.cdi = new CdiSpecs(host);
        this.directory = directory;
        this.changed = changed;
    }

    /** The image, pulled when that is needed. */
    Image image(Container container) throws StartRefusedException {
        return images.pull(pod.getSpec().getNodeName(), container.getImage(), container.getImagePullPolicy());
    }

    /** Adds what the CDI names stand for on this node now; they are looked up again at every start (rule 71a). */
    ContainerDevices resolve(ContainerDevices given) throws StartRefusedException, IOException {
        ContainerDevices resolved = cdi.resolve(given);
        for (DeviceNode node : given.devices()) {
            if (!Files.exists(host.resolve(node.hostPath()))) {
                throw new StartRefusedException(
                        "CreateContainerError",
                        "error gathering device information while adding custom device \"" + node.hostPath()
                                + "\": no such file or directory");
            }
        }
        return resolved;
    }

    ContainerProcess start(Container container, Image image, ContainerDevices given, ContainerDevices resolved)
            throws MountFailedException, IOException {
        ContainerMounts mounts = volumes.mount(pod, container);
        for (MountSpecification mount : resolved.mounts()) {
            mounts.add(mount.containerPath(), host.resolve(mount.hostPath()));
        }
        for (DeviceNode node : resolved.devices()) {
            mounts.add(node.containerPath(), host.resolve(node.hostPath()));
        }
        List<String> command =
                new ArrayList<>(container.getCommand().isEmpty() ? image.entrypoint() : container.getCommand());
        if (command.isEmpty()) {
            return ContainerProcess.idle();
        }
        command.addAll(container.getArgs());
        command.addAll(0, Confinement.of(container));
        return ContainerProcess.start(
                command.stream().map(mounts::map).toList(),
                environment(container, image, given, resolved, mounts),
                directory.resolve(container.getName() + ".log"),
                changed);
    }

    /** The image's, then the device plugins' (rule 71), then the container's own, then what CDI sets over all. */
    private Map<String, String> environment(
            Container container, Image image, ContainerDevices given, ContainerDevices resolved, ContainerMounts mounts)
            throws IOException {
        Map<String, String> environment = new LinkedHashMap<>(image.environment());
        environment.replaceAll((name, value) -> mounts.map(value));
        given.env().forEach((name, value) -> environment.put(name, mounts.map(value)));
        environment.putAll(ContainerEnvironment.of(pod, container, podIp, apiServer, mounts));
        resolved.env().forEach((name, value) -> {
            if (!value.equals(given.env().get(name))) {
                environment.put(name, mounts.map(value));
            }
        });
        if (environment.containsKey(image.portVariable())) {
            int free = freePort();
            ports.put(Integer.valueOf(environment.put(image.portVariable(), Integer.toString(free))), free);
        }
        return environment;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Where a port of the pod really is. */
    int port(int port) {
        return ports.getOrDefault(port, port);
    }
}
