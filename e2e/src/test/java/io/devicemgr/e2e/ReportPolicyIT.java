package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the chart's policy lets the token of an agent write, and what not. That it lets the real agents write what they have to, every
 * other test of the line shows.
 */
class ReportPolicyIT {
    private static final String REPORTS = "/apis/devicemgr.io/v1alpha1/nodedevicereports/";
    private static final String ADMIN = "admin-token";
    private static final String AGENT = "agent";
    private static final String WITHOUT_NODE = "without-node";
    private static final String OWNER =
            ", ownerReferences: [{apiVersion: devicemgr.io/v1alpha1, kind: DevicePluginDeployment, name: lab, uid: '%s', controller: false}]";

    private static final String NOTED = ", annotations: {devicemgr.io/trial: noted}, finalizers: [example.com/keep]";

    private final HttpClient http = HttpClient.newHttpClient();
    private SimulatedApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = SimulatedApiServer.started();
        server.applyYaml(Files.readString(Line.project().resolve("crds/yaml/nodedevicereports.devicemgr.io.yaml")));
        server.applyYaml(ReportPolicy.YAML);
        server.addToken(AGENT, agent("lab", "node-a"));
        server.addToken(WITHOUT_NODE, account("lab"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void agentWritesItsOwnReport() {
        assertAccepted(apply(AGENT, "", report("lab", "node-a", OWNER.formatted("1"))));
        assertAccepted(apply(AGENT, "/status", status("lab.node-a")));
    }

    @Test
    void agentsGoOnAfterOperatorsNotes() {
        String operators = OWNER.formatted("1").replace("false", "true, blockOwnerDeletion: true");
        assertAccepted(apply(ADMIN, "", report("lab", "node-a", NOTED + operators)));
        assertAccepted(apply(AGENT, "", report("lab", "node-a", OWNER.formatted("1"))));
        assertAccepted(apply(AGENT, "/status", status("lab.node-a")));
        // The deployment was deleted and made again.
        assertAccepted(apply(AGENT, "", report("lab", "node-a", OWNER.formatted("2"))));
    }

    @Test
    void longNamesEndInAHash() {
        String node = "n".repeat(60) + ("." + "n".repeat(60)).repeat(3);
        String deployment = "d".repeat(50);
        server.addToken("long", agent(deployment, node));
        assertAccepted(apply("long", "", report(deployment, node, "")));
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
        assertRefused(apply(AGENT, "", reportAndMessage.get(0)), reportAndMessage.get(1));
    }

    @Test
    void agentTouchesNoReportOfAnotherNode() {
        assertAccepted(apply(ADMIN, "", report("lab", "node-b", "")));
        assertRefused(
                apply(AGENT, "/status", status("lab.node-b")),
                "the agent of node node-a cannot write the report of node node-b");
        assertRefused(
                apply(AGENT, "", report("lab", "node-a", "").replace("lab.node-a", "lab.node-b")),
                "this is the report of deployment lab on node node-b, which an agent cannot make its own");
    }

    @Test
    void agentGivesItsReportNotAway() {
        assertAccepted(apply(AGENT, "", report("lab", "node-a", "")));
        assertRefused(
                apply(AGENT, "", report("lab", "node-b", "").replace("lab.node-b", "lab.node-a")),
                "the agent of node node-a cannot write the report of node node-b");
    }

    static Stream<String> metadata() {
        return Stream.of(
                "annotations: {devicemgr.io/trial: null}",
                "annotations: {devicemgr.io/trial: '{}'}",
                "finalizers: null",
                "finalizers: [example.com/keep, example.com/more]",
                "labels: {keep: null}",
                "labels: {keep: other}",
                "labels: {devicemgr.io/deployment: other}",
                "ownerReferences: []");
    }

    @ParameterizedTest
    @MethodSource("metadata")
    void agentChangesNothingThatOthersWroteOnItsReport(String metadata) {
        assertAccepted(apply(
                ADMIN,
                "",
                report("lab", "node-a", NOTED + ", ownerReferences: [{apiVersion: v1, kind: Node, name: n, uid: '1'}]")
                        .replace("{devicemgr.io/deployment: lab}", "{devicemgr.io/deployment: lab, keep: it}")));
        assertRefused(
                send(AGENT, "lab.node-a", "application/merge-patch+json", "metadata: {" + metadata + "}"),
                "denied request: an agent can");
    }

    @Test
    void tokenWithoutNodeWritesNothing() {
        assertRefused(apply(WITHOUT_NODE, "", report("lab", "node-a", "")), "the token names no node");
    }

    private static void assertAccepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer::body).isBetween(200, 201);
    }

    private static void assertRefused(HttpResponse<String> answer, String why) {
        assertThat(answer.statusCode()).as(answer::body).isEqualTo(403);
        assertThat(answer.body()).contains("device-plugin-agent-reports").contains(why);
    }

    private static User agent(String deployment, String node) {
        return new User(account(deployment), List.of(), Map.of(User.NODE_NAME, List.of(node)));
    }

    private static String account(String deployment) {
        return "system:serviceaccount:" + SimulatedCluster.NAMESPACE + ":devicemgr-" + deployment;
    }

    private static String report(String deployment, String node, String metadata) {
        return "apiVersion: devicemgr.io/v1alpha1\nkind: NodeDeviceReport\nmetadata: {name: "
                + NodeDeviceReport.nameOf(deployment, node)
                + ", labels: {devicemgr.io/deployment: " + deployment + "}" + metadata + "}\nspec: {deployment: "
                + deployment + ", nodeName: " + node + "}\n";
    }

    private static String status(String name) {
        return "apiVersion: devicemgr.io/v1alpha1\nkind: NodeDeviceReport\nmetadata: {name: " + name
                + "}\nstatus: {agentVersion: '1'}\n";
    }

    /** As an agent does it. */
    private HttpResponse<String> apply(String token, String subresource, String yaml) {
        String name = Serialization.unmarshal(yaml, GenericKubernetesResource.class)
                .getMetadata()
                .getName();
        return send(
                token,
                name + subresource + "?fieldManager=" + token + "&force=true",
                "application/apply-patch+yaml",
                yaml);
    }

    private HttpResponse<String> send(String token, String path, String type, String yaml) {
        String body = Serialization.asJson(Serialization.unmarshal(yaml, Map.class));
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(server.url() + REPORTS + path))
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", type)
                            .method("PATCH", BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
