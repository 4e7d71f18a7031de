package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ClusterServiceVersion: what OLM installs, and what the console shows of it. */
final class BundleCsv {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String AGENT = "AGENT_IMAGE";
    private static final String RELATED_AGENT = "RELATED_IMAGE_AGENT";

    private final BundleSource source;
    private final BundleChart chart;
    private final BundleRights rights;
    private final List<ObjectNode> deployments;
    private final Map<String, String> images = new TreeMap<>();

    BundleCsv(BundleSource source, BundleChart chart, BundleRights rights) {
        this.source = source;
        this.chart = chart;
        this.rights = rights;
        this.deployments = chart.ofKind("Deployment").toList();
        deployments.forEach(this::relateImages);
    }

    /** The whole object, for definitions that are in the bundle. */
    ObjectNode complete(List<JsonNode> definitions) throws IOException {
        ObjectNode known = source.csv(chart.version());
        ObjectNode csv = JSON.objectNode();
        csv.put("apiVersion", "operators.coreos.com/v1alpha1");
        csv.put("kind", "ClusterServiceVersion");
        csv.set("metadata", metadata(known.withObject("/metadata")));
        csv.set("spec", spec(known.withObject("/spec"), definitions));
        return csv;
    }

    private ObjectNode metadata(ObjectNode known) throws IOException {
        Map<String, String> all = new TreeMap<>();
        known.withObject("/annotations")
                .properties()
                .forEach(each -> all.put(each.getKey(), each.getValue().asText()));
        boolean pinned = images.values().stream().allMatch(image -> image.contains("@sha256:"));
        all.put("alm-examples", source.samples());
        all.put("containerImage", images.get("operator"));
        // Mirrors hold images by their digests.
        all.put("features.operators.openshift.io/disconnected", String.valueOf(pinned));
        all.put("operatorframework.io/suggested-namespace", BundleChart.name(source.namespace()));
        all.put(
                "operatorframework.io/suggested-namespace-template",
                source.namespace().toString());
        ObjectNode metadata = JSON.objectNode().put("name", source.packageName() + ".v" + chart.version());
        all.forEach(metadata.putObject("annotations")::put);
        metadata.set("labels", known.get("labels"));
        return metadata;
    }

    private ObjectNode spec(ObjectNode spec, List<JsonNode> definitions) throws IOException {
        spec.put("version", chart.version());
        spec.put("minKubeVersion", chart.minKubeVersion());
        spec.put("description", source.description());
        spec.putArray("icon").addObject().put("base64data", source.icon()).put("mediatype", "image/svg+xml");
        ArrayNode related = spec.putArray("relatedImages");
        images.forEach((name, image) -> related.addObject().put("name", name).put("image", image));
        spec.withObject("/customresourcedefinitions")
                .withArray("/owned")
                .forEach(owned -> describe((ObjectNode) owned, definitions));
        ObjectNode install =
                spec.putObject("install").put("strategy", "deployment").putObject("spec");
        install.set("clusterPermissions", rights.everywhere());
        install.set("permissions", rights.inTheirNamespace());
        ArrayNode installed = install.putArray("deployments");
        deployments.forEach(deployment -> {
            ObjectNode entry = installed.addObject().put("name", BundleChart.name(deployment));
            entry.set("label", deployment.at("/metadata/labels"));
            entry.set("spec", deployment.get("spec"));
        });
        return spec;
    }

    private static void describe(ObjectNode owned, List<JsonNode> definitions) {
        JsonNode definition = definitions.stream()
                .filter(each -> each.at("/spec/names/kind").equals(owned.get("kind")))
                .findFirst()
                .orElseThrow();
        JsonNode version = definition.at("/spec/versions/0");
        JsonNode schema = version.at("/schema/openAPIV3Schema/properties");
        owned.put("name", BundleChart.name(definition));
        owned.set("version", version.get("name"));
        owned.set("specDescriptors", BundleDescriptors.ofSpec(schema.get("spec")));
        owned.set("statusDescriptors", BundleDescriptors.ofStatus(schema.get("status")));
    }

    /** The agents' image goes through a variable of the name by which tools find, mirror and replace what an operator starts. */
    private void relateImages(ObjectNode deployment) {
        for (JsonNode container : deployment.at("/spec/template/spec/containers")) {
            images.put(container.get("name").asText(), container.get("image").asText());
            ArrayNode env = (ArrayNode) container.get("env");
            for (int i = 0; i < env.size(); i++) {
                if (env.get(i).get("name").asText().equals(AGENT)) {
                    String image = env.get(i).get("value").asText();
                    images.put("agent", image);
                    ((ObjectNode) env.get(i)).put("value", "$(" + RELATED_AGENT + ")");
                    env.insertObject(i).put("name", RELATED_AGENT).put("value", image);
                    return;
                }
            }
        }
    }
}
