package io.devicemgr.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a release was, and what it left in a cluster; below src/test/resources/releases. */
final class Recording {
    private static final String OPERATOR = "device-plugin-operator";

    private final Path directory;

    Recording(String release) {
        directory = Line.project().resolve("e2e/src/test/resources/releases").resolve(release);
    }

    /** The chart as it was. */
    Path chart() {
        return directory.resolve("chart");
    }

    /** Objects of one of its files, as they are written. */
    List<GenericKubernetesResource> objects(String file) {
        try {
            return Arrays.stream(Files.readString(directory.resolve(file)).split("(?m)^---$"))
                    .filter(document -> document.contains("kind:"))
                    .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts into a cluster what operator and agents had made: fields are theirs, and owners are the deployments that are made here. */
    void restore(KubernetesClient client) {
        Map<String, String> uids = new HashMap<>();
        for (GenericKubernetesResource object : objects("cluster.yaml")) {
            for (OwnerReference owner : object.getMetadata().getOwnerReferences()) {
                owner.setUid(uids.get(owner.getName()));
            }
            Object status = object.getAdditionalProperties().remove("status");
            boolean deployment = object.getKind().equals("DevicePluginDeployment");
            // Users apply no finalizers: the operator had added its own.
            List<String> finalizers = List.copyOf(object.getMetadata().getFinalizers());
            object.getMetadata().setFinalizers(List.of());
            GenericKubernetesResource made = client.resource(object)
                    .fieldManager(deployment ? "kubectl" : OPERATOR)
                    .serverSideApply();
            if (deployment) {
                uids.put(made.getMetadata().getName(), made.getMetadata().getUid());
            }
            if (!finalizers.isEmpty()) {
                client.resource(made)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                Serialization.asJson(Map.of("metadata", Map.of("finalizers", finalizers))));
            }
            if (status != null) {
                client.resource(made)
                        .subresource("status")
                        .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
            }
        }
    }
}
