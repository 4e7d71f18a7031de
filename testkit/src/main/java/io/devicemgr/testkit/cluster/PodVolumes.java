package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Mounts a pod's volumes: configMap, hostPath, emptyDir, and the service account's token as every pod has it. */
final class PodVolumes {
    static final String SERVICE_ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    private final KubernetesClient client;
    private final HostFiles host;
    private final Path podDirectory;

    PodVolumes(KubernetesClient client, HostFiles host, Path podDirectory) {
        this.client = client;
        this.host = host;
        this.podDirectory = podDirectory;
    }

    /** Mounts for one container of the pod. */
    ContainerMounts mount(Pod pod, Container container) throws MountFailedException, IOException {
        Map<String, Path> sources = new HashMap<>();
        for (Volume volume : pod.getSpec().getVolumes()) {
            if (!isToken(volume)) {
                sources.put(volume.getName(), source(pod, volume));
            }
        }
        ContainerMounts mounts = new ContainerMounts();
        for (VolumeMount mount : container.getVolumeMounts()) {
            Path source = sources.get(mount.getName());
            if (source != null) {
                mounts.add(mount.getMountPath(), source);
            }
        }
        mounts.add(SERVICE_ACCOUNT_PATH, serviceAccount(pod));
        return mounts;
    }

    private static boolean isToken(Volume volume) {
        return volume.getProjected() != null && volume.getName().startsWith("kube-api-access");
    }

    private Path source(Pod pod, Volume volume) throws MountFailedException, IOException {
        if (volume.getHostPath() != null) {
            return hostPath(volume.getName(), volume.getHostPath());
        }
        if (volume.getConfigMap() != null) {
            return configMap(pod, volume);
        }
        if (volume.getEmptyDir() != null) {
            return Files.createDirectories(podDirectory.resolve("volumes").resolve(volume.getName()));
        }
        throw new MountFailedException("volume \"" + volume.getName() + "\" is of a kind that simulated nodes lack");
    }

    private Path hostPath(String name, HostPathVolumeSource source) throws MountFailedException, IOException {
        Path path = host.resolve(source.getPath());
        String type = source.getType() == null ? "" : source.getType();
        if (type.equals("DirectoryOrCreate")) {
            return Files.createDirectories(path);
        }
        if (type.equals("Directory") && !Files.isDirectory(path)) {
            throw new MountFailedException("MountVolume.SetUp failed for volume \"" + name
                    + "\" : hostPath type check failed: " + source.getPath() + " is not a directory");
        }
        return path;
    }

    private Path configMap(Pod pod, Volume volume) throws MountFailedException, IOException {
        String name = volume.getConfigMap().getName();
        ConfigMap configMap = client.configMaps()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(name)
                .get();
        if (configMap == null) {
            throw new MountFailedException("MountVolume.SetUp failed for volume \"" + volume.getName()
                    + "\" : configmap \"" + name + "\" not found");
        }
        Path directory = Files.createDirectories(podDirectory.resolve("volumes").resolve(volume.getName()));
        for (Map.Entry<String, String> entry : configMap.getData().entrySet()) {
            Files.writeString(directory.resolve(entry.getKey()), entry.getValue());
        }
        return directory;
    }

    private Path serviceAccount(Pod pod) throws IOException {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getSpec().getServiceAccountName() == null
                ? "default"
                : pod.getSpec().getServiceAccountName();
        Path directory = Files.createDirectories(podDirectory.resolve("serviceaccount"));
        TokenRequest token = client.serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .withNewBoundObjectRef()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(pod.getMetadata().getName())
                        .withUid(pod.getMetadata().getUid())
                        .endBoundObjectRef()
                        .endSpec()
                        .build());
        Files.writeString(directory.resolve("token"), token.getStatus().getToken());
        Files.writeString(directory.resolve("namespace"), namespace);
        Files.writeString(directory.resolve("ca.crt"), certificateAuthority());
        return directory;
    }

    private String certificateAuthority() throws IOException {
        String data = client.getConfiguration().getCaCertData();
        if (data != null) {
            return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
        }
        String file = client.getConfiguration().getCaCertFile();
        return file == null ? "" : Files.readString(Path.of(file));
    }
}
