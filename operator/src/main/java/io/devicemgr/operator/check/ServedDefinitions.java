package io.devicemgr.operator.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.devicemgr.api.v1alpha1.ApiGroup;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;

/** Whether the API server serves the definitions of this release. It says so to everybody in its OpenAPI document. */
final class ServedDefinitions {
    private static final String VERSION = "v1alpha1";
    private static final Map<String, String> KINDS =
            Map.of("DevicePluginDeployment", "deviceplugindeployments", "NodeDeviceReport", "nodedevicereports");
    private static final int NAMED = 5;
    private static final String REMEDY =
            ": upgrade the chart with crds.install=true, or kubectl apply --server-side -f helm/definitions";

    private ServedDefinitions() {}

    /** A finding for each definition. */
    static List<Finding> look(KubernetesClient client) {
        String served = client.hasApiGroup(ApiGroup.NAME, true)
                ? client.raw("/openapi/v3/apis/" + ApiGroup.NAME + "/" + VERSION)
                : null;
        try {
            JsonNode schemas =
                    new ObjectMapper().readTree(served == null ? "{}" : served).at("/components/schemas");
            return KINDS.entrySet().stream()
                    .sorted(Entry.comparingByKey())
                    .map(kind -> look(kind.getKey(), kind.getValue(), schemas))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the API server's OpenAPI document cannot be read", e);
        }
    }

    private static Finding look(String kind, String plural, JsonNode schemas) {
        String name = "definition of " + kind;
        Optional<JsonNode> served = ofKind(kind, schemas);
        if (served.isEmpty()) {
            return Finding.fail(name + ": not served as " + VERSION + REMEDY);
        }
        List<String> missing = new ArrayList<>();
        compare(ours(plural), served.get(), "", missing);
        return missing.isEmpty()
                ? Finding.ok(name + ": served as " + VERSION + " with every field of this release")
                : Finding.fail(name + ": of another release, without " + named(missing) + REMEDY);
    }

    private static Optional<JsonNode> ofKind(String kind, JsonNode schemas) {
        for (JsonNode schema : schemas) {
            for (JsonNode one : schema.path("x-kubernetes-group-version-kind")) {
                if (one.path("kind").asText().equals(kind)) {
                    return Optional.of(schema);
                }
            }
        }
        return Optional.empty();
    }

    private static JsonNode ours(String plural) {
        try (InputStream file =
                ServedDefinitions.class.getResourceAsStream("/crds/" + plural + "." + ApiGroup.NAME + ".yaml")) {
            return new YAMLMapper().readTree(file).at("/spec/versions/0/schema/openAPIV3Schema");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fields only: rules and descriptions of a definition may differ without harm to the operator. */
    private static void compare(JsonNode ours, JsonNode theirs, String path, List<String> missing) {
        ours.path("properties").properties().forEach(field -> {
            String here = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            JsonNode other = theirs.path("properties").path(field.getKey());
            if (other.isMissingNode()) {
                missing.add(here);
            } else {
                compare(field.getValue(), other, here, missing);
            }
        });
        if (ours.has("items")) {
            compare(ours.get("items"), theirs.path("items"), path + "[]", missing);
        }
        if (ours.path("additionalProperties").isObject()) {
            compare(ours.get("additionalProperties"), theirs.path("additionalProperties"), path + "{}", missing);
        }
    }

    private static String named(List<String> missing) {
        return missing.size() <= NAMED
                ? String.join(", ", missing)
                : String.join(", ", missing.subList(0, NAMED)) + " and " + (missing.size() - NAMED) + " more fields";
    }
}
