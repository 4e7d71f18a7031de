package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The YAML that a sandbox applies. */
final class Manifest {
    private Manifest() {}

    /** As it is written: classes would add the defaults of this release, which an earlier one may not know. */
    static List<HasMetadata> load(Path file, KubernetesClient client) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : Files.readString(file).split("(?m)^---.*$")) {
            if (!document.lines().allMatch(line -> line.isBlank() || line.startsWith("#"))) {
                objects.add(client.getKubernetesSerialization().unmarshal(document, GenericKubernetesResource.class));
            }
        }
        return objects;
    }

    static List<DevicePluginDeployment> deployments(List<HasMetadata> manifest, KubernetesClient client) {
        return manifest.stream()
                .filter(object -> object.getKind().equals("DevicePluginDeployment"))
                .map(object -> client.getKubernetesSerialization().convertValue(object, DevicePluginDeployment.class))
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
