package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the chart's policy lets the token of an agent write, and what not. That it lets the real agents write what they have to, every
 * other test of the line shows.
 */
class ReportPolicyIT {
    private static final ResourceDefinitionContext REPORTS = new ResourceDefinitionContext.Builder()
            .withGroup("devicemgr.io")
            .withVersion("v1alpha1")
            .withKind("NodeDeviceReport")
            .withPlural("nodedevicereports")
            .withNamespaced(false)
            .build();
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("device-plugin-agent")
            .withForce(true)
            .build();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String OWNER =
            ", ownerReferences: [{apiVersion: devicemgr.io/v1alpha1, kind: DevicePluginDeployment, name: lab, uid: %s, controller: false}]";

    private static SimulatedApiServer server;
    private static KubernetesClient admin;
    private static KubernetesClient agent;
    private static KubernetesClient withoutNode;

    @BeforeAll
    static void start() throws IOException {
        server = SimulatedApiServer.started();
        server.applyYaml(Files.readString(Line.project().resolve("crds/yaml/nodedevicereports.devicemgr.io.yaml")));
        server.applyYaml(ReportPolicy.YAML);
        String name = "system:serviceaccount:" + SimulatedCluster.NAMESPACE + ":devicemgr-lab";
        server.addToken("agent", new User(name, List.of(), Map.of(User.NODE_NAME, List.of("node-a"))));
        server.addToken("without-node", name);
        admin = client(server.clientConfig());
        agent = client(server.clientConfig("agent"));
        withoutNode = client(server.clientConfig("without-node"));
    }

    @AfterAll
    static void stop() {
        Stream.of(admin, agent, withoutNode).forEach(KubernetesClient::close);
        server.close();
    }

    @BeforeEach
    void clear() {
        admin.genericKubernetesResources(REPORTS).delete();
    }

    @Test
    void agentWritesItsOwnReport() {
        apply(agent, report("lab", "node-a", OWNER.formatted("1")));
        applyStatus(agent, "lab.node-a");
        assertThat(report(admin, "lab.node-a").get().getAdditionalProperties()).containsKey("status");
    }

    @Test
    void agentsGoOnAfterOperatorsNotes() {
        apply(
                admin,
                report(
                        "lab",
                        "node-a",
                        ", annotations: {devicemgr.io/trial: \"{}\"}, finalizers: [example.com/keep]"
                                + OWNER.formatted("1").replace("false", "true")));
        apply(agent, report("lab", "node-a", OWNER.formatted("1")));
        applyStatus(agent, "lab.node-a");
        // The deployment was deleted and made again.
        apply(agent, report("lab", "node-a", OWNER.formatted("2")));
        assertThat(report(admin, "lab.node-a").get().getMetadata().getAnnotations())
                .containsEntry("devicemgr.io/trial", "{}");
    }

    @Test
    void longNamesEndInAHash() {
        String node = "n".repeat(60) + ("." + "n".repeat(60)).repeat(3);
        String name = "system:serviceaccount:" + SimulatedCluster.NAMESPACE + ":devicemgr-" + "d".repeat(50);
        server.addToken("long", new User(name, List.of(), Map.of(User.NODE_NAME, List.of(node))));
        String report = report("d".repeat(50), node, "");
        assertThat(report).contains("-");
        try (KubernetesClient client = client(server.clientConfig("long"))) {
            assertThatCode(() -> apply(client, report)).doesNotThrowAnyException();
        }
    }

    static Stream<List<String>> foreignReports() {
        return Stream.of(
                List.of(report("lab", "node-b", ""), "the agent of node node-a cannot write the report of node node-b"),
                List.of(
                        report("other", "node-a", ""),
                        "the agents of deployment lab cannot write the report of deployment other"),
                List.of(
                        report("lab", "node-a", "").replace("lab.node-a", "lab.node-b"),
                        "the report of this agent is named lab.node-a, not lab.node-b"),
                List.of(report("lab", "node-a", ", annotations: {a: b}"), "an agent cannot write annotations"),
                List.of(report("lab", "node-a", ", finalizers: [example.com/a]"), "an agent cannot write finalizers"),
                List.of(
                        report("lab", "node-a", ", ownerReferences: [{apiVersion: v1, kind: Node, name: n, uid: '1'}]"),
                        "an agent can name no owner but its deployment"),
                List.of(
                        report("lab", "node-a", "").replace("{devicemgr.io/deployment: lab}", "{a: b}"),
                        "an agent can write no label but devicemgr.io/deployment"));
    }

    @ParameterizedTest
    @MethodSource("foreignReports")
    void agentMakesNoOtherReport(List<String> reportAndMessage) {
        assertRefused(() -> apply(agent, reportAndMessage.get(0)), reportAndMessage.get(1));
    }

    @Test
    void agentTouchesNoReportOfAnotherNode() {
        apply(admin, report("lab", "node-b", ""));
        assertRefused(
                () -> applyStatus(agent, "lab.node-b"),
                "the agent of node node-a cannot write the report of node node-b");
        assertRefused(
                () -> apply(agent, report("lab", "node-a", "").replace("lab.node-a", "lab.node-b")),
                "this is the report of deployment lab on node node-b, which an agent cannot make its own");
    }

    @Test
    void agentGivesItsReportNotAway() {
        apply(agent, report("lab", "node-a", ""));
        assertRefused(
                () -> apply(agent, report("lab", "node-b", "").replace("lab.node-b", "lab.node-a")),
                "the agent of node node-a cannot write the report of node node-b");
    }

    static Stream<String> metadata() {
        return Stream.of(
                "{\"annotations\":{\"devicemgr.io/trial\":null}}",
                "{\"annotations\":{\"devicemgr.io/trial\":\"{}\"}}",
                "{\"finalizers\":null}",
                "{\"labels\":{\"keep\":null}}",
                "{\"labels\":{\"keep\":\"other\"}}",
                "{\"labels\":{\"devicemgr.io/deployment\":\"other\"}}",
                "{\"ownerReferences\":[]}");
    }

    @ParameterizedTest
    @MethodSource("metadata")
    void agentChangesNothingThatOthersWroteOnItsReport(String metadata) {
        apply(
                admin,
                report(
                                "lab",
                                "node-a",
                                ", annotations: {devicemgr.io/trial: noted}, finalizers: [example.com/keep], ownerReferences:"
                                        + " [{apiVersion: v1, kind: Node, name: n, uid: '1'}]")
                        .replace("{devicemgr.io/deployment: lab}", "{devicemgr.io/deployment: lab, keep: it}"));
        assertRefused(
                () -> report(agent, "lab.node-a").patch(MERGE, "{\"metadata\":" + metadata + "}"),
                "denied request: an agent can");
    }

    @Test
    void tokenWithoutNodeWritesNothing() {
        assertRefused(() -> apply(withoutNode, report("lab", "node-a", "")), "the token names no node");
    }

    private static void assertRefused(Runnable write, String why) {
        assertThatThrownBy(write::run)
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("device-plugin-agent-reports")
                .hasMessageContaining(why)
                .extracting(e -> ((KubernetesClientException) e).getCode())
                .isEqualTo(403);
    }

    private static KubernetesClient client(Config config) {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static String report(String deployment, String node, String metadata) {
        return "apiVersion: devicemgr.io/v1alpha1\nkind: NodeDeviceReport\nmetadata: {name: "
                + NodeDeviceReport.nameOf(deployment, node)
                + ", labels: {devicemgr.io/deployment: " + deployment + "}" + metadata + "}\nspec: {deployment: "
                + deployment + ", nodeName: " + node + "}\n";
    }

    private static void apply(KubernetesClient client, String yaml) {
        GenericKubernetesResource report = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        report(client, report.getMetadata().getName()).patch(APPLY, Serialization.asJson(report));
    }

    private static void applyStatus(KubernetesClient client, String name) {
        report(client, name)
                .subresource("status")
                .patch(
                        APPLY,
                        "{\"apiVersion\":\"devicemgr.io/v1alpha1\",\"kind\":\"NodeDeviceReport\",\"metadata\":{\"name\":\""
                                + name + "\"},\"status\":{\"agentVersion\":\"1\"}}");
    }

    private static Resource<GenericKubernetesResource> report(KubernetesClient client, String name) {
        return client.genericKubernetesResources(REPORTS).withName(name);
    }
}
