package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart, by the real Helm engine. */
class HelmChartTest {
    private static final Path CHART = Chart.DIRECTORY;

    @Test
    void chartHasNothingToComplainAbout() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @Test
    void definitionsAreThoseOfTheClassesAndOutliveTheRelease() throws IOException {
        List<HasMetadata> objects = Chart.render();
        try (Stream<Path> files = Files.list(Line.project().resolve("crds/yaml"))) {
            for (Path file : files.toList()) {
                CustomResourceDefinition source =
                        Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
                CustomResourceDefinition rendered = Chart.only(
                        objects,
                        CustomResourceDefinition.class,
                        source.getMetadata().getName());
                assertThat(rendered.getSpec())
                        .as("copy crds/yaml to helm/definitions")
                        .isEqualTo(source.getSpec());
                assertThat(rendered.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
            }
        }
    }

    @Test
    void valuesReachTheOperator() {
        PodSpec pod =
                operator("""
                image: {repository: registry.example.com/operator, digest: "sha256:%1$s"}
                agentImage: {repository: registry.example.com/agent, tag: v2, pullPolicy: Always}
                imagePullSecrets: [{name: one}, {name: two}]
                leaseSeconds: 137
                extraEnv: [{name: NO_PROXY, value: "*"}]
                priorityClassName: system-cluster-critical
                nodeSelector: {infra: ""}
                """.formatted("0a".repeat(32))).getSpec().getTemplate().getSpec();
        Container container = pod.getContainers().get(0);
        assertThat(container.getImage()).isEqualTo("registry.example.com/operator@sha256:" + "0a".repeat(32));
        assertThat(container.getEnv())
                .filteredOn(variable -> variable.getValue() != null)
                .extracting(variable -> variable.getName() + "=" + variable.getValue())
                .contains(
                        "AGENT_IMAGE=registry.example.com/agent:v2",
                        "AGENT_IMAGE_PULL_POLICY=Always",
                        "AGENT_IMAGE_PULL_SECRETS=one,two",
                        "LEASE_SECONDS=137",
                        "NO_PROXY=*");
        assertThat(pod.getImagePullSecrets()).hasSize(2);
        assertThat(pod.getPriorityClassName()).isEqualTo("system-cluster-critical");
        assertThat(pod.getNodeSelector()).containsEntry("infra", "");
    }

    @Test
    void imagesHaveTheVersionOfTheChartUnlessTheirTagIsGiven() {
        assertThat(operator("").getSpec().getTemplate().getSpec().getContainers())
                .singleElement()
                .satisfies(container -> assertThat(container.getImage())
                        .isEqualTo("device-plugin-operator:"
                                + operator("").getMetadata().getLabels().get("app.kubernetes.io/version")));
    }

    @Test
    void operatorIsLetIntoTheStrictestNamespaces() {
        PodSpec pod = operator("").getSpec().getTemplate().getSpec();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        SecurityContext container = pod.getContainers().get(0).getSecurityContext();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
    }

    /** Constraints without a selector count operators, and there are some for who gives none. */
    @Test
    void operatorsAreSpread() {
        Map<String, String> selector = operator("").getSpec().getSelector().getMatchLabels();
        assertThat(selector)
                .as("it can never change: an upgrade would be refused")
                .containsOnly(
                        Map.entry("app.kubernetes.io/name", Release.NAME),
                        Map.entry("app.kubernetes.io/instance", Release.NAME));
        for (String values : List.of(
                "", "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]")) {
            assertThat(operator(values).getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                    .singleElement()
                    .satisfies(constraint -> assertThat(
                                    constraint.getLabelSelector().getMatchLabels())
                            .isEqualTo(selector));
        }
    }

    @Test
    void drainsGoOnWhateverTheNumberOfReplicas() {
        assertThat(Chart.render("replicas: 1")).noneMatch(PodDisruptionBudget.class::isInstance);
        PodDisruptionBudget budget = Chart.only(Chart.render("replicas: 2"), PodDisruptionBudget.class, Release.NAME);
        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getSpec().getMinAvailable()).isNull();
        assertThat(operator("").getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(budget.getSpec().getSelector().getMatchLabels());
    }

    @Test
    void networkPoliciesLeaveTheWayToTheApiServerOpen() {
        assertThat(Chart.render()).noneMatch(NetworkPolicy.class::isInstance);
        List<HasMetadata> closed = Chart.render("networkPolicy: {enabled: true}");
        List<HasMetadata> open = Chart.render(
                "networkPolicy: {enabled: true, metricsFrom: [{namespaceSelector: {matchLabels: {a: b}}}]}");
        for (String half : List.of(Release.NAME, "device-plugin-agent")) {
            NetworkPolicySpec none =
                    Chart.only(closed, NetworkPolicy.class, half).getSpec();
            assertThat(none.getPolicyTypes()).containsExactly("Ingress");
            assertThat(none.getIngress()).isEmpty();
            assertThat(Chart.only(open, NetworkPolicy.class, half).getSpec().getIngress())
                    .singleElement()
                    .satisfies(rule -> {
                        assertThat(rule.getPorts())
                                .singleElement()
                                .satisfies(port ->
                                        assertThat(port.getPort().getIntVal()).isEqualTo(8080));
                        assertThat(rule.getFrom()).hasSize(1);
                    });
        }
        assertThat(operator("").getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(Chart.only(closed, NetworkPolicy.class, Release.NAME)
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels());
    }

    @Test
    void namespaceIsRenderedForWhoAsks() {
        assertThat(Chart.render()).noneMatch(Namespace.class::isInstance);
        Namespace namespace =
                Chart.only(Chart.render("namespace: {create: true}"), Namespace.class, SimulatedCluster.NAMESPACE);
        assertThat(namespace.getMetadata().getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "privileged");
        assertThat(namespace.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
    }

    /** A wrong value and what is said of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "replicas: two | at '/replicas': got string, want integer",
                "replicas: -1 | at '/replicas': minimum: got -1, want 0",
                "replica: 2 | additional properties 'replica' not allowed",
                "leaseSeconds: 1 | at '/leaseSeconds': minimum: got 1, want 3",
                "image: {tag: 1} | at '/image/tag': got number, want string",
                "image: {name: x} | at '/image': additional properties 'name' not allowed",
                "image: {pullPolicy: Sometimes} | must be one of 'Always', 'IfNotPresent', 'Never'",
                "image: {digest: abc} | at '/image/digest': 'abc' does not match pattern '^(sha256:[0-9a-f]{64})?$'",
                "image: {repository: 'x.example/y:1.0'} | write what is behind the last colon into image.tag",
                "agentImage: {repository: 'x.example/y@sha256:a'} | write what is behind the @ into agentImage.digest",
                "resources: {limits: {memory: 384 MB}} | at '/resources/limits/memory': '384 MB' does not match pattern",
                "imagePullSecrets: [mirror] | at '/imagePullSecrets/0': got string, want object",
                "extraEnv: [{value: x}] | at '/extraEnv/0': missing property 'name'",
                "extraEnv: [{name: LEASE_SECONDS, value: '3'}] | LEASE_SECONDS is the chart's own: set leaseSeconds",
                "podLabels: {app.kubernetes.io/name: x} | app.kubernetes.io/name is the chart's own: take another key",
                "tolerations: [{effect: NoRun}] | must be one of '', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'",
                "networkPolicy: {metricsFrom: [{}]} | at '/networkPolicy/metricsFrom/0': minProperties: got 0, want 1",
                "crds: {keep: never} | at '/crds/keep': got string, want boolean",
            })
    void wrongValuesAreRefusedInWordsThatSayWhatToWrite(String values, String said) {
        assertThatThrownBy(() -> Chart.yaml(values)).hasMessageContaining(said);
    }

    @Test
    void everyValueIsDescribedAndHasADefault() throws IOException {
        JsonNode schema =
                new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());
        JsonNode values = Serialization.unmarshal(Files.readString(CHART.resolve("values.yaml")), JsonNode.class);
        compare("", schema, values);
    }

    /** Goes as deep as the defaults do; what is below a list or a map of the user's is Kubernetes' own. */
    private static void compare(String path, JsonNode schema, JsonNode values) {
        assertThat(schema.path("additionalProperties").asBoolean(true))
                .as("additionalProperties of '%s'", path)
                .isFalse();
        schema.path("properties").properties().forEach(field -> {
            String here = path + "/" + field.getKey();
            assertThat(field.getValue().path("description").asText())
                    .as("description of %s", here)
                    .isNotEmpty();
            JsonNode value = values.path(field.getKey());
            assertThat(here.equals("/global") || !value.isMissingNode())
                    .as("%s is in values.yaml", here)
                    .isTrue();
            if (value.isObject() && !value.isEmpty() && field.getValue().has("properties")) {
                compare(here, field.getValue(), value);
            }
        });
    }

    private static Deployment operator(String values) {
        return Chart.only(Chart.render(values), Deployment.class, Release.NAME);
    }

    @Test
    void agentsMayTouchNothingButReports() {
        ClusterRole role = Chart.only(Chart.render(), ClusterRole.class, "device-plugin-agent");
        assertThat(role.getRules()).allSatisfy(rule -> {
            assertThat(rule.getApiGroups()).containsExactly("devicemgr.io");
            assertThat(rule.getResources()).allMatch(resource -> resource.startsWith("nodedevicereports"));
            assertThat(rule.getVerbs()).isSubsetOf("get", "create", "patch");
        });
    }
}
