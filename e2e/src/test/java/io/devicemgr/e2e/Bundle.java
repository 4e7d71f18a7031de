package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The OLM bundle, from the chart, the definitions, the examples and bundle/source. */
final class Bundle {
    /** Objects beside a ClusterServiceVersion that OLM installs, whatever its version; older ones know no NetworkPolicy and no PodMonitor. */
    static final Set<String> CARRIED = Set.of(
            "ClusterRole",
            "ConfigMap",
            "PodDisruptionBudget",
            "PriorityClass",
            "PrometheusRule",
            "Role",
            "Secret",
            "Service",
            "ServiceAccount",
            "ServiceMonitor");

    /** Kubernetes 1.26 is OpenShift 4.13. */
    private static final int OPENSHIFT_BEHIND = 13;

    private static final String GENERATED = "# Generated from helm, crds, examples and bundle/source; do not edit.\n";
    private static final YAMLMapper YAML = YAMLMapper.builder(
                    YAMLFactory.builder().stringQuotingChecker(new Quotes()).build())
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .build();

    private final BundleSource source = new BundleSource();
    private final BundleChart chart;
    private final Map<String, String> files = new TreeMap<>();

    private Bundle(Map<String, String> values) throws IOException {
        chart = BundleChart.render(source.values(), values, BundleChart.name(source.namespace()));
    }

    /**
     * File by path from the bundle's directory to text.
     *
     * @param values of the chart, by path, besides those of bundle/source
     */
    static Map<String, String> generate(Map<String, String> values) throws IOException {
        Bundle bundle = new Bundle(values);
        bundle.manifests();
        bundle.metadata();
        return bundle.files;
    }

    private void manifests() throws IOException {
        List<JsonNode> definitions = new ArrayList<>();
        for (Map.Entry<String, String> definition : source.definitions().entrySet()) {
            definitions.add(YAML.readTree(definition.getValue()));
            files.put("manifests/" + definition.getKey(), definition.getValue());
        }
        BundleRights rights = new BundleRights(chart);
        ObjectNode csv = new BundleCsv(source, chart, rights).complete(definitions);
        files.put("manifests/" + source.packageName() + ".clusterserviceversion.yaml", GENERATED + yaml(csv));
        StringBuilder beside = new StringBuilder(GENERATED);
        for (ObjectNode object : chart.objects()) {
            String kind = object.get("kind").asText();
            if (kind.equals("Deployment") || rights.spoken().contains(object)) {
                continue;
            }
            // OLM, or whoever applies the rest, says which.
            object.withObject("/metadata").remove("namespace");
            if (CARRIED.contains(kind)) {
                files.put("manifests/" + fileName(object), GENERATED + yaml(object));
            } else {
                object.withObject("/metadata/labels").remove("app.kubernetes.io/managed-by");
                beside.append("---\n").append(yaml(object));
            }
        }
        files.put("beside.yaml", beside.toString());
    }

    private void metadata() {
        Map<String, String> annotations = new TreeMap<>();
        String prefix = "operators.operatorframework.io.bundle.";
        annotations.put(prefix + "mediatype.v1", "registry+v1");
        annotations.put(prefix + "manifests.v1", "manifests/");
        annotations.put(prefix + "metadata.v1", "metadata/");
        annotations.put(prefix + "package.v1", source.packageName());
        annotations.put(prefix + "channels.v1", String.join(",", source.channels()));
        annotations.put(prefix + "channel.default.v1", source.channels().get(0));
        annotations.put("com.redhat.openshift.versions", "v4." + (minor(chart.minKubeVersion()) - OPENSHIFT_BEHIND));
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        annotations.forEach(file.putObject("annotations")::put);
        files.put("metadata/annotations.yaml", GENERATED + yaml(file));
        StringBuilder image = new StringBuilder(GENERATED).append("FROM scratch\n");
        annotations.forEach((name, value) ->
                image.append("LABEL ").append(name).append("=\"").append(value).append("\"\n"));
        image.append("COPY manifests /manifests/\nCOPY metadata /metadata/\n");
        files.put("bundle.Containerfile", image.toString());
    }

    private static int minor(String version) {
        return Integer.parseInt(version.split("\\.")[1]);
    }

    private static String fileName(JsonNode object) {
        return BundleChart.name(object).replace(':', '-') + "."
                + object.get("kind").asText().toLowerCase(Locale.ROOT) + ".yaml";
    }

    /** Other readers take a bare date for a date. */
    private static final class Quotes extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean needToQuoteValue(String value) {
            return super.needToQuoteValue(value) || value.matches("\\d[^\n]*");
        }
    }

    private static String yaml(JsonNode object) {
        try {
            return YAML.writeValueAsString(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
