package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The YAML that a sandbox applies. */
final class Manifest {
    private Manifest() {}

    static List<HasMetadata> load(Path file, KubernetesClient client) throws IOException {
        try (InputStream yaml = Files.newInputStream(file)) {
            return client.load(yaml).items();
        }
    }

    static List<DevicePluginDeployment> deployments(List<HasMetadata> manifest) {
        return manifest.stream()
                .filter(DevicePluginDeployment.class::isInstance)
                .map(DevicePluginDeployment.class::cast)
                .toList();
    }

    /** Whether the API server takes all of it; says what it has refused. */
    static boolean apply(List<HasMetadata> manifest, KubernetesClient client, Progress progress) {
        for (HasMetadata object : manifest) {
            try {
                client.resource(object).fieldManager("sandbox").serverSideApply();
            } catch (KubernetesClientException e) {
                progress.say(
                        "refused: %s",
                        e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage());
                return false;
            }
            progress.say("applied %s %s", object.getKind(), object.getMetadata().getName());
        }
        return true;
    }
}
