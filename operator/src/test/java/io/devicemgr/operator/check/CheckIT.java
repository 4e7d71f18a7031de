package io.devicemgr.operator.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the check says of installations that lack something. */
class CheckIT {
    private static final String USER = "system:serviceaccount:devices:device-plugin-operator";

    private final SimulatedApiServer server = SimulatedApiServer.started();
    private KubernetesClient client;
    /** Whether the leader renews its lease whenever somebody looks at it. */
    private volatile boolean renewing = true;

    @BeforeEach
    void install() {
        server.addToken("token", USER, "system:serviceaccounts", "system:authenticated");
        client = new KubernetesClientBuilder()
                .withConfig(server.clientConfig("token"))
                .build();
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: devices}}");
        grant("\"*\"");
        AtomicInteger renewals = new AtomicInteger();
        server.onRequest(request -> {
            if (renewing && request.isLease()) {
                lease("operator-0", Instant.EPOCH.plusSeconds(renewals.incrementAndGet()));
            }
        });
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void nothingIsWrong() throws IOException {
        server.applyYaml(definition("deviceplugindeployments"));
        server.applyYaml(definition("nodedevicereports"));
        server.applyYaml("""
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: lab}
                spec: {resources: [{name: example.com/a, discover: [{path: {glob: /dev/a}}]}]}
                """);
        assertThat(lines(true))
                .containsExactly(
                        "ok    definition of DevicePluginDeployment: served as v1alpha1 with every field of this release",
                        "ok    definition of NodeDeviceReport: served as v1alpha1 with every field of this release",
                        "ok    rights: the operator's service account has all 60 that it needs",
                        "ok    leader: operator-0 renews its lease",
                        "NOTE  image of agents whose deployment names none: agent:1",
                        "NOTE  deployments: 1, of which 0 Ready");
        server.installOpenShift();
        assertThat(lines(true)).contains("ok    rights: the operator's service account has all 70 that it needs");
    }

    @Test
    void definitionsAreMissing() {
        assertThat(lines(false))
                .filteredOn(line -> line.startsWith("FAIL  definition"))
                .hasSize(2)
                .allMatch(line -> line.contains("not served as v1alpha1: upgrade the chart"));
    }

    @Test
    void definitionIsOfAnotherRelease() throws IOException {
        String yaml = definition("deviceplugindeployments");
        String older = yaml.replaceAll("(?m)^( *)discoverOnly:\n", "$1anotherName:\n");
        assertThat(older).isNotEqualTo(yaml);
        server.applyYaml(older);
        assertThat(lines(false))
                .filteredOn(line -> line.startsWith("FAIL  definition of DevicePluginDeployment"))
                .singleElement()
                .asString()
                .contains(
                        "definition of DevicePluginDeployment: of another release, without spec.discoverOnly: upgrade");
    }

    @Test
    void rightsAreMissing() {
        grant("get, list, watch, create, update, bind");
        assertThat(lines(false))
                .contains(
                        "FAIL  rights: the operator's service account lacks patch for nodes/status: a role of the chart or its"
                                + " binding was changed or left out",
                        "FAIL  rights: the operator's service account lacks patch, delete for daemonsets of apps in its own"
                                + " namespace: a role of the chart or its binding was changed or left out");
    }

    @Test
    void nobodyLeads() {
        lease("", Instant.EPOCH);
        renewing = false;
        assertThat(lines(false))
                .contains(
                        "FAIL  leader: no operator leads, and none began to within 1 s: look at the pods and logs of deployment"
                                + " device-plugin-operator in namespace devices");
    }

    @Test
    void leaderHasGoneSilent() {
        lease("operator-0", Instant.now());
        renewing = false;
        assertThat(lines(false))
                .anyMatch(line -> line.startsWith("FAIL  leader: operator-0 did not renew its lease within 1 s"));
    }

    private List<String> lines(boolean well) {
        List<String> lines = new ArrayList<>();
        Check check = new Check(
                new OperatorConfig("devices", "agent:1", 0), client, "device-plugin-operator", Duration.ofSeconds(1));
        assertThat(check.run(lines::add)).as(String.join("\n", lines)).isEqualTo(well);
        return lines;
    }

    private void lease(String holder, Instant renewal) {
        server.applyYaml("""
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {namespace: devices, name: device-plugin-operator}
                spec: {holderIdentity: "%s", renewTime: "%s"}
                """.formatted(holder, renewal.toString().replaceFirst("(\\.\\d+)?Z$", ".000000Z")));
    }

    private void grant(String verbs) {
        server.applyYaml("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: device-plugin-operator}
                rules: [{apiGroups: ["*"], resources: ["*"], verbs: [%s]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: device-plugin-operator}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: device-plugin-operator}
                subjects: [{kind: ServiceAccount, name: device-plugin-operator, namespace: devices}]
                """.formatted(verbs));
    }

    private static String definition(String plural) throws IOException {
        return Files.readString(Path.of("../crds/yaml/" + plural + ".devicemgr.io.yaml"));
    }
}
