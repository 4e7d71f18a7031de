package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart as OLM gets it: rendered with the bundle's values, without what only Helm understands. */
record BundleChart(String version, String minKubeVersion, List<ObjectNode> objects) {
    private static final YAMLMapper YAML = new YAMLMapper();

    static BundleChart render(Path values, Map<String, String> more, String namespace) throws IOException {
        JsonNode chart = YAML.readTree(Chart.DIRECTORY.resolve("Chart.yaml").toFile());
        TemplateCommand template = new Helm(Chart.DIRECTORY).template();
        more.forEach(template::set);
        String yaml = template.withName("device-plugin-operator")
                .withNamespace(namespace)
                .withKubeVersion(SimulatedCluster.KUBELET_VERSION)
                .withValuesFile(values)
                .call();
        List<ObjectNode> objects = new ArrayList<>();
        YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).forEachRemaining(object -> {
            if (object.isObject() && !isHook(object)) {
                objects.add(withoutHelm((ObjectNode) object));
            }
        });
        String kube = chart.get("kubeVersion").asText().replaceFirst("^>=(\\d+\\.\\d+\\.\\d+)(-0)?$", "$1");
        return new BundleChart(chart.get("version").asText(), kube, objects);
    }

    /** OLM runs no hooks. */
    private static boolean isHook(JsonNode object) {
        return object.at("/metadata/annotations").has("helm.sh/hook");
    }

    private static ObjectNode withoutHelm(ObjectNode object) {
        Stream.of("/metadata", "/spec/template/metadata").map(object::at).forEach(metadata -> {
            strip(metadata.path("labels"));
            strip(metadata.path("annotations"));
        });
        return object;
    }

    private static void strip(JsonNode marks) {
        if (marks instanceof ObjectNode there) {
            List<String> names = new ArrayList<>();
            there.fieldNames().forEachRemaining(names::add);
            names.removeIf(name -> !name.matches("(meta\\.)?helm\\.sh/.*"));
            there.remove(names);
            if (there.path("app.kubernetes.io/managed-by").asText().equals("Helm")) {
                there.put("app.kubernetes.io/managed-by", "OLM");
            }
        }
    }

    Stream<ObjectNode> ofKind(String kind) {
        return objects.stream().filter(object -> object.get("kind").asText().equals(kind));
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }
}
