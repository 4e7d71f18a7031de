package io.devicemgr.operator.uninstall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.UninstallSettings;
import io.devicemgr.testkit.AheadClock;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of an installation whose operator does not run any more. */
class UninstallStepsIT {
    private static final String NAMESPACE = "devices";
    private static final String DEPLOYMENTS = "deviceplugindeployments.devicemgr.io";
    private static final Logger LOGGER = Logger.getLogger(Uninstall.class.getName());

    private final SimulatedApiServer server = SimulatedApiServer.started();
    private final KubernetesClient client =
            new KubernetesClientBuilder().withConfig(server.clientConfig()).build();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler ear = new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord line) {
            said.add(formatter.formatMessage(line));
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };
    private final AheadClock clock = new AheadClock();

    @BeforeEach
    void install() throws Exception {
        LOGGER.addHandler(ear);
        for (String kind : List.of("deviceplugindeployments", "nodedevicereports")) {
            server.applyYaml(Files.readString(Path.of("../crds/yaml/" + kind + ".devicemgr.io.yaml")));
        }
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: " + NAMESPACE + "}}");
    }

    @AfterEach
    void close() {
        LOGGER.removeHandler(ear);
        client.close();
        server.close();
    }

    private CompletableFuture<Boolean> uninstall(int seconds) {
        UninstallSettings settings = new UninstallSettings(NAMESPACE, Duration.ofSeconds(seconds), false);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return new Uninstall(client, settings, clock).run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void deploy(String name, String finalizer, String more) {
        server.applyYaml("""
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: %s, finalizers: [%s]}
                spec:
                  resources: [{name: example.com/%1$s, discover: [{path: {glob: "/dev/%1$s*"}}]}]
                """.formatted(name, finalizer) + more);
    }

    private boolean isThere(String name) {
        return server.objects().get(DEPLOYMENTS, "", name).isPresent();
    }

    private boolean isEnding(String name) {
        return server.objects()
                .get(DEPLOYMENTS, "", name)
                .filter(found -> found.path("metadata").hasNonNull("deletionTimestamp"))
                .isPresent();
    }

    @Test
    void whereNothingWasDeployedNothingIsWaitedFor() {
        assertThat(uninstall(10)).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
    }

    @Test
    void withoutDefinitionsThereAreNoDeployments() {
        server.objects().delete("customresourcedefinitions.apiextensions.k8s.io", "", DEPLOYMENTS);
        assertThat(uninstall(10)).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
    }

    @Test
    void whereNoOperatorEndsTheAgentsItDoesSoItselfAndWaitsForThem() {
        deploy("lab", "devicemgr.io/cleanup", "");
        server.applyYaml("""
                apiVersion: apps/v1
                kind: DaemonSet
                metadata:
                  name: devicemgr-lab
                  namespace: devices
                  labels: {app.kubernetes.io/managed-by: device-plugin-operator}
                spec:
                  selector: {matchLabels: {devicemgr.io/deployment: lab}}
                  template:
                    metadata: {labels: {devicemgr.io/deployment: lab}}
                    spec: {containers: [{name: agent, image: agent}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: devicemgr-lab-1
                  namespace: devices
                  labels: {devicemgr.io/deployment: lab, app.kubernetes.io/managed-by: device-plugin-operator}
                spec: {nodeName: w-1, containers: [{name: agent, image: agent}]}
                """);
        CompletableFuture<Boolean> ended = uninstall(200);
        await().until(() -> isEnding("lab"));
        await().until(() -> said.stream().anyMatch(line -> line.contains("lab: waiting for the operator")));
        assertThat(server.objects().list("daemonsets.apps", NAMESPACE)).hasSize(1);

        clock.advance(Duration.ofSeconds(40));
        await().until(() -> said.stream().anyMatch(line -> line.contains("waiting for the agents on w-1")));
        assertThat(server.objects().list("daemonsets.apps", NAMESPACE)).isEmpty();
        assertThat(isThere("lab")).isTrue();
        server.objects().delete("pods", NAMESPACE, "devicemgr-lab-1");
        assertThat(ended).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        assertThat(isThere("lab")).isFalse();
        assertThat(said).anyMatch(line -> line.contains("example.com/lab stays in the status of nodes"));
    }

    @Test
    void itGivesUpInTimeAndSaysWhoHoldsWhat() {
        deploy("lab", "backup.example.com/hold", "");
        CompletableFuture<Boolean> ended = uninstall(60);
        await().until(() -> isEnding("lab"));
        clock.advance(Duration.ofSeconds(61));
        assertThat(ended).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(false);
        assertThat(said.get(said.size() - 1))
                .contains(
                        "Given up after 60 s",
                        "lab: held by the finalizer backup.example.com/hold",
                        "docs/deletion.md");
    }

    /** Its machines reboot when it goes. */
    @Test
    void deploymentsWithAKubeletConfigGoLast() {
        deploy("first", "test.example.com/hold", "");
        deploy(
                "last",
                "test.example.com/hold",
                "  kubeletConfig: {machineConfigPoolSelector: {matchLabels: {a: b}}}\n");
        CompletableFuture<Boolean> ended = uninstall(60);
        await().until(() -> isEnding("first"));
        await().until(() -> said.stream().anyMatch(line -> line.startsWith("first: held")));
        assertThat(isEnding("last")).isFalse();
        release("first");
        await().until(() -> isEnding("last"));
        release("last");
        assertThat(ended).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        assertThat(said).anyMatch(line -> line.contains("KubeletConfig of last goes last"));
    }

    private void release(String name) {
        client.resources(DevicePluginDeployment.class)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
    }
}
