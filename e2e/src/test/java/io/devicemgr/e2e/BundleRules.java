package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.schema.CelRules;
import io.devicemgr.testkit.apiserver.schema.Pruning;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.schema.SchemaParser;
import io.devicemgr.testkit.apiserver.schema.Validation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What OLM, OpenShift's console and the catalogs ask of a bundle, held against its files alone. */
final class BundleRules {
    private static final Set<String> BESIDE_THE_CSV = Set.of(
            "ClusterRole",
            "ClusterRoleBinding",
            "ConfigMap",
            "CustomResourceDefinition",
            "PodDisruptionBudget",
            "PriorityClass",
            "PrometheusRule",
            "Role",
            "RoleBinding",
            "Secret",
            "Service",
            "ServiceAccount",
            "ServiceMonitor");
    private static final Set<String> CAPABILITIES =
            Set.of("Basic Install", "Seamless Upgrades", "Full Lifecycle", "Deep Insights", "Auto Pilot");
    private static final Set<String> CATEGORIES = Set.of(
            "AI/Machine Learning",
            "Application Runtime",
            "Big Data",
            "Cloud Provider",
            "Developer Tools",
            "Database",
            "Integration & Delivery",
            "Logging & Tracing",
            "Monitoring",
            "Modernization & Migration",
            "Networking",
            "OpenShift Optional",
            "Security",
            "Storage",
            "Streaming & Messaging",
            "Observability");
    private static final List<String> FEATURES = List.of(
            "disconnected",
            "fips-compliant",
            "proxy-aware",
            "cnf",
            "cni",
            "csi",
            "tls-profiles",
            "token-auth-aws",
            "token-auth-azure",
            "token-auth-gcp");
    private static final String BUNDLE = "operators.operatorframework.io.bundle.";

    /** By schema: compiling takes longer than all else here. */
    private static final Map<JsonNode, CelRules> COMPILED = new ConcurrentHashMap<>();

    private final BundleFiles bundle;
    private final JsonNode csv;
    private final JsonNode spec;
    private final JsonNode annotations;
    private final List<String> breaches = new ArrayList<>();

    private BundleRules(BundleFiles bundle) {
        this.bundle = bundle;
        this.csv = bundle.csv();
        this.spec = csv.path("spec");
        this.annotations = csv.at("/metadata/annotations");
    }

    /** What is wrong with it. */
    static List<String> breaches(BundleFiles bundle) {
        BundleRules rules = new BundleRules(bundle);
        rules.layout();
        rules.image();
        rules.metadata();
        rules.catalogEntry();
        rules.features();
        rules.samples();
        rules.placeAndPlatforms();
        rules.presentation();
        rules.installation();
        rules.definitions();
        rules.images();
        rules.bothVersionsOfOlm();
        return rules.breaches;
    }

    /** What is wrong with it as a release: what only a publisher knows. */
    static List<String> breachesOfRelease(BundleFiles bundle) {
        BundleRules rules = new BundleRules(bundle);
        rules.spec
                .path("relatedImages")
                .forEach(related -> rules.demand(
                        related.path("image").asText().matches(".+/.+@sha256:[0-9a-f]{64}"),
                        "image by repository and digest: " + related));
        rules.demand(rules.featureIs("disconnected", "true"), "disconnected");
        for (String text : List.of(
                rules.annotations.path("repository").asText(),
                rules.annotations.path("support").asText(),
                rules.spec.path("links").toString(),
                rules.spec.path("maintainers").toString())) {
            rules.demand(!text.contains("example.com"), "addresses of the publisher: " + text);
        }
        return rules.breaches;
    }

    private void demand(boolean met, String rule) {
        if (!met) {
            breaches.add(rule);
        }
    }

    private void demandText(JsonNode where, String field, String pattern) {
        demand(
                where.path(field).asText().matches("(?s)" + pattern),
                field + " like " + pattern + ": " + where.path(field));
    }

    private void layout() {
        demand(bundle.ofKind("ClusterServiceVersion").count() == 1, "one ClusterServiceVersion");
        demandText(csv, "apiVersion", "operators\\.coreos\\.com/v1alpha1");
        bundle.manifests().forEach((file, manifest) -> {
            String kind = manifest.path("kind").asText();
            demand(
                    kind.equals("ClusterServiceVersion") || BESIDE_THE_CSV.contains(kind),
                    file + " is of a kind that OLM installs: " + kind);
            demand(!manifest.path("metadata").has("namespace"), file + " leaves the namespace to OLM");
        });
        Set<String> there = new TreeSet<>();
        bundle.ofKind("CustomResourceDefinition")
                .forEach(each -> there.add(each.at("/metadata/name").asText()));
        Set<String> owned = new TreeSet<>();
        owned().forEach(each -> owned.add(each.path("name").asText()));
        demand(!owned.isEmpty() && owned.equals(there), "definitions owned " + owned + " are those there " + there);
    }

    private void image() {
        Set<String> labels = new HashSet<>();
        bundle.annotations()
                .properties()
                .forEach(each -> labels.add(
                        "LABEL " + each.getKey() + "=\"" + each.getValue().asText() + "\""));
        Set<String> lines = new HashSet<>(bundle.image());
        demand(lines.remove("FROM scratch"), "an image from scratch");
        demand(lines.remove("COPY manifests /manifests/"), "manifests in the image");
        demand(lines.remove("COPY metadata /metadata/"), "metadata in the image");
        demand(lines.equals(labels), "labels of the image are the annotations: " + lines);
    }

    private void metadata() {
        JsonNode there = bundle.annotations();
        demandText(there, BUNDLE + "mediatype.v1", "registry\\+v1");
        demandText(there, BUNDLE + "manifests.v1", "manifests/");
        demandText(there, BUNDLE + "metadata.v1", "metadata/");
        demandText(there, BUNDLE + "package.v1", "[a-z][a-z0-9-]*");
        demandText(there, BUNDLE + "channels.v1", "(candidate|fast|stable)[a-z0-9.,-]*");
        demandText(there, BUNDLE + "channel.default.v1", "[a-z0-9.-]+");
        String channels = there.path(BUNDLE + "channels.v1").asText();
        String first = there.path(BUNDLE + "channel.default.v1").asText();
        demand(List.of(channels.split(",")).contains(first), "the default channel is one of " + channels);
        demandText(there, "com.redhat.openshift.versions", "=?v4\\.\\d+(-v4\\.\\d+)?");
    }

    private void catalogEntry() {
        demand(CAPABILITIES.contains(annotations.path("capabilities").asText()), "capabilities");
        for (String category : annotations.path("categories").asText().split(",")) {
            demand(CATEGORIES.contains(category), "category " + category);
        }
        demandText(annotations, "createdAt", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        demandText(annotations, "description", ".{20,}");
        demandText(annotations, "repository", "https://.+");
        demandText(annotations, "support", ".+");
        demand(
                bundle.containers().stream()
                        .anyMatch(container -> container.path("image").equals(annotations.path("containerImage"))),
                "containerImage is the operator's");
    }

    private void features() {
        for (String feature : FEATURES) {
            demand(featureIs(feature, "true") || featureIs(feature, "false"), "feature " + feature);
        }
    }

    private boolean featureIs(String feature, String value) {
        JsonNode there = annotations.path("features.operators.openshift.io/" + feature);
        return there.isTextual() && there.asText().equals(value);
    }

    /** One for each definition, and what the API server would take. */
    private void samples() {
        JsonNode samples = BundleFiles.tree(annotations.path("alm-examples").asText("[]"));
        bundle.ofKind("CustomResourceDefinition").forEach(definition -> {
            String kind = definition.at("/spec/names/kind").asText();
            JsonNode version = definition.at("/spec/versions/0");
            String api = definition.at("/spec/group").asText() + "/"
                    + version.path("name").asText();
            int found = 0;
            for (JsonNode sample : samples) {
                if (sample.path("kind").asText().equals(kind)
                        && sample.path("apiVersion").asText().equals(api)) {
                    found++;
                    List<String> wrong = wrong(sample, version.at("/schema/openAPIV3Schema"));
                    demand(wrong.isEmpty(), "sample of " + kind + ": " + wrong);
                }
            }
            demand(found == 1, "one sample of " + kind);
        });
    }

    private static List<String> wrong(JsonNode sample, JsonNode openApi) {
        Schema schema = SchemaParser.customResource(openApi, Schema.ANY);
        List<String> wrong = new ArrayList<>();
        Validation.violations(schema, sample, null).forEach(each -> wrong.add(each.toString()));
        COMPILED.computeIfAbsent(openApi, each -> CelRules.compile(schema))
                .violations(schema, sample, null)
                .forEach(each -> wrong.add(each.toString()));
        wrong.addAll(Pruning.prune(schema, sample.deepCopy()));
        return wrong;
    }

    private void placeAndPlatforms() {
        demandText(annotations, "operatorframework.io/suggested-namespace", "[a-z][a-z0-9-]*");
        JsonNode namespace = BundleFiles.tree(annotations
                .path("operatorframework.io/suggested-namespace-template")
                .asText("{}"));
        demandText(namespace, "kind", "Namespace");
        JsonNode labels = namespace.at("/metadata/labels");
        for (String mode : List.of("enforce", "audit", "warn")) {
            demandText(labels, "pod-security.kubernetes.io/" + mode, "privileged");
        }
        demandText(labels, "security.openshift.io/scc.podSecurityLabelSync", "false");
        demand(
                namespace.at("/metadata/name").equals(annotations.path("operatorframework.io/suggested-namespace")),
                "template of the suggested namespace");
        JsonNode platforms = csv.at("/metadata/labels");
        String place = spec.at("/install/spec/deployments/0/spec/template/spec/affinity/nodeAffinity")
                .toString();
        for (String platform : List.of("arch.amd64", "arch.arm64", "os.linux")) {
            demandText(platforms, "operatorframework.io/" + platform, "supported");
            String[] words = platform.split("\\.");
            demand(
                    place.contains("kubernetes.io/" + words[0]) && place.contains('"' + words[1] + '"'),
                    "operators run on nodes of " + platform);
        }
    }

    private void presentation() {
        demandText(spec, "displayName", ".+");
        demandText(spec, "description", ".*[Rr]eboot.*");
        demandText(spec, "description", ".*delete dpd --all.*");
        demandText(spec, "version", "\\d+\\.\\d+\\.\\d+");
        demandText(spec, "minKubeVersion", "1\\.\\d+\\.\\d+");
        demandText(spec, "maturity", "(alpha|beta|stable)");
        demandText(spec.path("provider"), "name", ".+");
        demandText(spec.path("maintainers").path(0), "name", ".+");
        demandText(spec.path("maintainers").path(0), "email", ".+@.+");
        demandText(spec.path("links").path(0), "name", ".+");
        demandText(spec.path("links").path(0), "url", "https://.+");
        demand(spec.path("keywords").size() > 0, "keywords");
        String version = spec.path("version").asText();
        demandText(csv.path("metadata"), "name", "[a-z-]+\\.v" + version);
        demand(
                spec.has("replaces")
                        || annotations.path("olm.skipRange").asText().matches(">=\\S+ <" + version),
                "what it upgrades from");
        demand(spec.path("icon").size() == 1, "an icon");
        JsonNode icon = spec.path("icon").path(0);
        demandText(icon, "mediatype", "image/svg\\+xml");
        byte[] picture = Base64.getDecoder().decode(icon.path("base64data").asText());
        demand(new String(picture, StandardCharsets.UTF_8).startsWith("<svg"), "a picture in the icon");
    }

    private void installation() {
        Set<String> modes = new TreeSet<>();
        spec.path("installModes")
                .forEach(mode -> modes.add(mode.path("type").asText() + "="
                        + mode.path("supported").asText()));
        demand(
                modes.equals(Set.of(
                        "AllNamespaces=true", "MultiNamespace=false", "OwnNamespace=true", "SingleNamespace=false")),
                "install modes " + modes);
        JsonNode install = spec.path("install");
        demandText(install, "strategy", "deployment");
        demand(install.at("/spec/deployments").size() == 1, "one deployment");
        JsonNode deployment = install.at("/spec/deployments/0");
        demandText(deployment, "name", ".+");
        JsonNode account = deployment.at("/spec/template/spec/serviceAccountName");
        for (String permissions : List.of("clusterPermissions", "permissions")) {
            JsonNode granted = install.path("spec").path(permissions);
            demand(granted.size() == 1 && granted.path(0).path("rules").size() > 0, permissions);
            demand(granted.path(0).path("serviceAccountName").equals(account), permissions + " are the operator's");
        }
        for (JsonNode container : bundle.containers()) {
            demand(container.at("/resources/requests").has("cpu"), "request for cpu");
            demand(container.at("/resources/requests").has("memory"), "request for memory");
        }
    }

    private void definitions() {
        for (JsonNode each : owned()) {
            String kind = each.path("kind").asText();
            JsonNode definition = bundle.ofKind("CustomResourceDefinition")
                    .filter(there -> there.at("/metadata/name").equals(each.path("name")))
                    .findFirst()
                    .orElseGet(each::deepCopy);
            demand(definition.at("/spec/names/kind").asText().equals(kind), kind + " is the definition's kind");
            JsonNode version = definition.at("/spec/versions/0");
            demand(version.path("name").equals(each.path("version")), kind + " is in the definition's version");
            demandText(each, "displayName", ".+");
            demandText(each, "description", ".{20,}");
            JsonNode schema = version.at("/schema/openAPIV3Schema/properties");
            descriptors(kind, each.path("specDescriptors"), schema.path("spec"));
            descriptors(kind, each.path("statusDescriptors"), schema.path("status"));
        }
    }

    private void descriptors(String kind, JsonNode descriptors, JsonNode schema) {
        demand(descriptors.size() > 1, "descriptors of " + kind);
        for (JsonNode descriptor : descriptors) {
            String path = descriptor.path("path").asText();
            JsonNode field = schema;
            for (String name : path.split("\\.")) {
                field = field.path("properties").path(name.replace("[0]", ""));
                field = name.endsWith("[0]") ? field.path("items") : field;
            }
            demand(!field.isMissingNode(), kind + " has " + path);
            demandText(descriptor, "displayName", ".+");
            demandText(descriptor, "description", ".+");
        }
    }

    /** Mirrors copy what relatedImages lists, and the operator starts what its variables name. */
    private void images() {
        Set<String> related = new TreeSet<>();
        spec.path("relatedImages").forEach(each -> {
            demandText(each, "name", ".+");
            related.add(each.path("image").asText());
        });
        Set<String> used = new TreeSet<>();
        for (JsonNode container : bundle.containers()) {
            used.add(container.path("image").asText());
            Set<String> before = new HashSet<>();
            for (JsonNode variable : container.path("env")) {
                String name = variable.path("name").asText();
                String value = variable.path("value").asText();
                if (name.startsWith("RELATED_IMAGE_")) {
                    used.add(value);
                    before.add("$(" + name + ")");
                } else if (name.endsWith("_IMAGE")) {
                    demand(before.contains(value), name + " comes from a RELATED_IMAGE_ before it: " + value);
                }
            }
            demand(!before.isEmpty(), "the agents' image as RELATED_IMAGE_");
        }
        demand(related.equals(used), "related images " + related + " are those in use " + used);
    }

    private void bothVersionsOfOlm() {
        demand(bundle.metadata().keySet().equals(Set.of("annotations.yaml")), "no dependencies, no properties");
        demand(spec.path("webhookdefinitions").isEmpty(), "no webhooks");
        demand(spec.path("apiservicedefinitions").isEmpty(), "no API services");
        demand(spec.at("/customresourcedefinitions/required").isEmpty(), "no foreign definitions");
        bundle.ofKind("CustomResourceDefinition")
                .forEach(each -> demand(!each.path("spec").has("conversion"), "no conversion"));
    }

    private JsonNode owned() {
        return spec.at("/customresourcedefinitions/owned");
    }
}
