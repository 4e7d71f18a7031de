package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundle has what OLM and the catalogs ask for, and the rules notice when any of it is missing or wrong. */
class BundleRulesTest {
    private static final String CSV = "manifests/device-plugin-operator.clusterserviceversion.yaml";
    private static final String ANNOTATIONS = "metadata/annotations.yaml";
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private final Map<String, String> files;

    BundleRulesTest() throws IOException {
        files = BundleTest.checkedIn();
    }

    @Test
    void theBundleHasWhatIsAskedFor() {
        assertThat(breaches()).isEmpty();
    }

    /** Between releases no image has been published, and nobody publishes the bundle. */
    @Test
    void aReleaseNamesImagesByDigestAndItsPublisher() throws IOException {
        boolean unreleased = Files.readString(Line.project().resolve("pom.xml")).contains("-SNAPSHOT</version>");
        if (!unreleased) {
            assertThat(BundleRules.breachesOfRelease(BundleFiles.parse(files))).isEmpty();
        }
    }

    @Test
    void digestsInTheValuesReachEveryImage() throws IOException {
        assertThat(BundleRules.breachesOfRelease(BundleFiles.parse(files))).hasSizeGreaterThan(2);
        Map<String, String> released = Bundle.generate(Map.of(
                "image.repository",
                "registry.example.org/operator",
                "image.digest",
                DIGEST,
                "agentImage.repository",
                "registry.example.org/agent",
                "agentImage.digest",
                DIGEST));
        released.computeIfPresent(
                CSV,
                (file, text) -> text.replaceAll("example\\.com/device-plugin-operator", "example.org")
                        .replace("@example.com", "@example.org"));
        assertThat(BundleRules.breachesOfRelease(BundleFiles.parse(released))).isEmpty();
        assertThat(BundleRules.breaches(BundleFiles.parse(released))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/metadata/annotations/alm-examples",
                "/metadata/annotations/capabilities",
                "/metadata/annotations/categories",
                "/metadata/annotations/containerImage",
                "/metadata/annotations/createdAt",
                "/metadata/annotations/description",
                "/metadata/annotations/repository",
                "/metadata/annotations/support",
                "/metadata/annotations/features.operators.openshift.io~1disconnected",
                "/metadata/annotations/features.operators.openshift.io~1fips-compliant",
                "/metadata/annotations/features.operators.openshift.io~1proxy-aware",
                "/metadata/annotations/features.operators.openshift.io~1cnf",
                "/metadata/annotations/features.operators.openshift.io~1cni",
                "/metadata/annotations/features.operators.openshift.io~1csi",
                "/metadata/annotations/features.operators.openshift.io~1tls-profiles",
                "/metadata/annotations/features.operators.openshift.io~1token-auth-aws",
                "/metadata/annotations/features.operators.openshift.io~1token-auth-azure",
                "/metadata/annotations/features.operators.openshift.io~1token-auth-gcp",
                "/metadata/annotations/olm.skipRange",
                "/metadata/annotations/operatorframework.io~1suggested-namespace",
                "/metadata/annotations/operatorframework.io~1suggested-namespace-template",
                "/metadata/labels/operatorframework.io~1arch.amd64",
                "/metadata/labels/operatorframework.io~1arch.arm64",
                "/metadata/labels/operatorframework.io~1os.linux",
                "/apiVersion",
                "/kind",
                "/metadata/name",
                "/spec/displayName",
                "/spec/description",
                "/spec/icon",
                "/spec/icon/0/base64data",
                "/spec/icon/0/mediatype",
                "/spec/version",
                "/spec/minKubeVersion",
                "/spec/maturity",
                "/spec/provider",
                "/spec/maintainers",
                "/spec/maintainers/0/email",
                "/spec/links",
                "/spec/links/0/url",
                "/spec/keywords",
                "/spec/installModes",
                "/spec/installModes/3",
                "/spec/install/strategy",
                "/spec/install/spec/clusterPermissions",
                "/spec/install/spec/clusterPermissions/0/serviceAccountName",
                "/spec/install/spec/permissions",
                "/spec/install/spec/permissions/0/rules",
                "/spec/install/spec/deployments",
                "/spec/install/spec/deployments/0/name",
                "/spec/install/spec/deployments/0/spec/template/spec/containers/0/resources",
                "/spec/install/spec/deployments/0/spec/template/spec/serviceAccountName",
                "/spec/install/spec/deployments/0/spec/template/spec/affinity",
                "/spec/customresourcedefinitions",
                "/spec/customresourcedefinitions/owned/0",
                "/spec/customresourcedefinitions/owned/1",
                "/spec/customresourcedefinitions/owned/0/displayName",
                "/spec/customresourcedefinitions/owned/0/description",
                "/spec/customresourcedefinitions/owned/0/version",
                "/spec/customresourcedefinitions/owned/0/kind",
                "/spec/customresourcedefinitions/owned/0/specDescriptors",
                "/spec/customresourcedefinitions/owned/0/statusDescriptors",
                "/spec/customresourcedefinitions/owned/1/specDescriptors/0/description",
                "/spec/relatedImages",
                "/spec/relatedImages/0",
                "/spec/relatedImages/1/name",
            })
    void aFieldThatIsMissingIsNoticed(String field) {
        change(CSV, field, null);
        assertThat(breaches()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/metadata/annotations/capabilities | Everything",
                "/metadata/annotations/categories | Drivers and plugins",
                "/metadata/annotations/containerImage | another:1",
                "/metadata/annotations/alm-examples | [{\"apiVersion\":\"devicemgr.io/v1alpha1\",\"kind\":\"DevicePluginDeployment\",\"spec\":{}}]",
                "/metadata/annotations/features.operators.openshift.io~1cnf | no",
                "/metadata/annotations/olm.skipRange | >=0.1.0 <0.1.0",
                "/metadata/annotations/operatorframework.io~1suggested-namespace | elsewhere",
                "/metadata/name | device-plugin-operator.v9.9.9",
                "/metadata/namespace | placeholder",
                "/spec/description | It touches no node. delete dpd --all",
                "/spec/description | Nodes may reboot.",
                "/spec/icon/0/base64data | aGVsbG8=",
                "/spec/installModes/3/supported | false",
                "/spec/relatedImages/0/image | another:1",
                "/spec/customresourcedefinitions/owned/0/specDescriptors/3/path | agent.noSuchField",
                "/spec/customresourcedefinitions/owned/0/name | others.devicemgr.io",
                "/spec/customresourcedefinitions/owned/0/version | v1",
                "/spec/customresourcedefinitions/owned/0/kind | Other",
                "/spec/customresourcedefinitions/required | [something]",
                "/spec/webhookdefinitions | [something]",
                "/spec/install/spec/permissions/0/serviceAccountName | default",
            })
    void aFieldThatIsWrongIsNoticed(String field, String value) {
        change(CSV, field, value);
        assertThat(breaches()).isNotEmpty();
    }

    /** The variable that tools replace is the one that the operator's own variable is made of. */
    @Test
    void imagesThatMirroringWouldMissAreNoticed() {
        JsonNode container = BundleFiles.parse(files).containers().get(0);
        for (int i = 0; i < container.get("env").size(); i++) {
            String name = container.at("/env/" + i + "/name").asText();
            if (name.endsWith("_IMAGE") || name.startsWith("RELATED_IMAGE_")) {
                String was = files.get(CSV);
                String variable = "/spec/install/spec/deployments/0/spec/template/spec/containers/0/env/" + i;
                change(CSV, variable + "/value", "another:1");
                assertThat(breaches()).as(name).isNotEmpty();
                files.put(CSV, was);
            }
        }
        change(CSV, "/spec/install/spec/deployments/0/spec/template/spec/containers/0/env", null);
        assertThat(breaches()).isNotEmpty();
    }

    static List<String> annotations() throws IOException {
        return BundleFiles.parse(BundleTest.checkedIn()).annotations().properties().stream()
                .map(Map.Entry::getKey)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("annotations")
    void anAnnotationThatIsMissingOrWrongIsNoticed(String name) {
        String before = files.get(ANNOTATIONS);
        change(ANNOTATIONS, "/annotations/" + name, null);
        assertThat(breaches()).isNotEmpty();
        files.put(ANNOTATIONS, before);
        change(ANNOTATIONS, "/annotations/" + name, "Something else");
        assertThat(breaches()).isNotEmpty();
    }

    @Test
    void aLineThatTheImageLacksIsNoticed() {
        String image = "bundle.Containerfile";
        String whole = files.get(image);
        List<String> lines = whole.lines().filter(line -> !line.startsWith("#")).toList();
        assertThat(lines).hasSizeGreaterThan(8);
        for (String line : lines) {
            files.put(image, whole.replace(line + "\n", ""));
            assertThat(breaches()).as(line).isNotEmpty();
        }
    }

    @Test
    void aFileThatIsMissingOrTooManyIsNoticed() {
        for (String file : List.of(
                CSV,
                ANNOTATIONS,
                "bundle.Containerfile",
                "manifests/deviceplugindeployments.devicemgr.io.yaml",
                "manifests/nodedevicereports.devicemgr.io.yaml")) {
            String text = files.remove(file);
            assertThat(breaches()).as(file).isNotEmpty();
            files.put(file, text);
        }
        files.put("metadata/dependencies.yaml", "dependencies: []");
        assertThat(breaches()).isNotEmpty();
        files.remove("metadata/dependencies.yaml");
        files.put("manifests/policy.yaml", "kind: ValidatingAdmissionPolicy");
        assertThat(breaches()).isNotEmpty();
    }

    private List<String> breaches() {
        return BundleRules.breaches(BundleFiles.parse(files));
    }

    /** Sets a field, or takes it away. */
    private void change(String file, String field, String value) {
        JsonNode tree = BundleFiles.tree(files.get(file));
        JsonPointer path = JsonPointer.compile(field);
        JsonNode parent = tree.at(path.head());
        if (value != null) {
            JsonNode there = value.startsWith("[something") ? BundleFiles.tree(value) : TextNode.valueOf(value);
            ((ObjectNode) parent).set(path.last().getMatchingProperty(), there);
        } else if (parent instanceof ArrayNode list) {
            assertThat(list.remove(path.last().getMatchingIndex())).isNotNull();
        } else {
            assertThat(((ObjectNode) parent).remove(path.last().getMatchingProperty()))
                    .isNotNull();
        }
        files.put(file, tree.toString());
    }
}
