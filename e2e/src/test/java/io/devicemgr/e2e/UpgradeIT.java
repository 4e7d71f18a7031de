package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.PodChange;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Distribution;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * From release 0.1.0 to this one and back, by the real Helm engine, with agents running. What 0.1.0 had made is as it was recorded;
 * its agents are played by those of this build, and its operator by nobody.
 */
class UpgradeIT {
    private static final String BEFORE = "0.1.0";
    private static final List<String> NODES = List.of("node-1", "node-2", "node-3");
    private static final List<String> DEFINITIONS =
            List.of("deviceplugindeployments.devicemgr.io", "nodedevicereports.devicemgr.io");

    /** One node after the other. */
    private static final Duration ROLLOUT = Duration.ofMinutes(4);

    private final Recording recording = new Recording(BEFORE);
    private Installation installation;
    private DeploymentWatch lab;
    private DeploymentWatch pinned;

    @BeforeEach
    void install() throws IOException {
        installation = Installation.empty();
        Distribution built = Distribution.builtIn(Line.project());
        installation.image("operator", BEFORE, Image.IDLE);
        installation.image("agent", BEFORE, built.agent());
        installation.release().install(recording.chart(), "");
        for (String name : NODES) {
            SimulatedNode node = installation.node(name, "lab", 2);
            installation.plug(node, "pinned", 2);
        }
        recording.restore(client());
        lab = installation.watch("lab");
        pinned = installation.watch("pinned");
        Line.eventually()
                .until(() -> agents(pod -> true).size() == 2 * (NODES.size() + 1)
                        && agents(pod -> true).stream().allMatch(UpgradeIT::isReady));
    }

    @AfterEach
    void kubeletsSawNoBreachOfTheirContract() {
        installation.close();
    }

    private KubernetesClient client() {
        return installation.cluster().client();
    }

    private List<Pod> agents(Predicate<Pod> which) {
        return installation.pods(pod ->
                "device-plugin-agent".equals(pod.getMetadata().getLabels().get("app.kubernetes.io/name"))
                        && which.test(pod));
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().get(0).getImage();
    }

    /** The step that docs/operations.md asks for once, because nobody's definitions are not taken over. */
    private void giveDefinitionsToTheRelease() {
        DEFINITIONS.forEach(name -> client().apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name)
                .edit(definition -> definition
                        .edit()
                        .editMetadata()
                        .addToLabels("app.kubernetes.io/managed-by", "Helm")
                        .addToAnnotations("meta.helm.sh/release-name", Release.NAME)
                        .addToAnnotations("meta.helm.sh/release-namespace", SimulatedCluster.NAMESPACE)
                        .endMetadata()
                        .build()));
    }

    @Test
    void everyFieldOfTheReleaseIsTriedHere() {
        Map<?, ?> schema = Serialization.unmarshal(
                Serialization.asJson(definition(DEFINITIONS.get(0))
                        .getSpec()
                        .getVersions()
                        .get(0)
                        .getSchema()
                        .getOpenAPIV3Schema()
                        .getProperties()
                        .get("spec")),
                Map.class);
        TreeSet<String> fields = new TreeSet<>();
        SchemaFields.declared("spec", schema, fields);
        TreeSet<String> used = new TreeSet<>();
        recording.objects("every-field.yaml").forEach(each -> SchemaFields.used("spec", each.get("spec"), used));
        fields.removeAll(used);
        assertThat(fields).as("fields that every-field.yaml does not use").isEmpty();
    }

    @Test
    void agentsAreReplacedGentlyAndDeploymentsStayValidAndTheWayBackIsTheSame() {
        Pod consumer = consumer();
        Optional<Long> process = process(consumer);
        Optional<ContainerDevices> devices = devices(consumer);
        assertThatThrownBy(() -> installation.release().upgrade(Chart.DIRECTORY, ""))
                .as("definitions that are nobody's")
                .hasMessageContaining("invalid ownership metadata");
        giveDefinitionsToTheRelease();

        long moment = installation.cluster().history().now();
        installation.release().upgrade(Chart.DIRECTORY, "");
        awaitAgents(VersionTest.release());
        assertGentle("lab", moment);
        // The API server adds defaults to the rest.
        assertThat(definition(DEFINITIONS.get(0)).getSpec().getVersions())
                .isEqualTo(Chart.only(Chart.render(), CustomResourceDefinition.class, DEFINITIONS.get(0))
                        .getSpec()
                        .getVersions());
        stillValid();
        nothingIsLeftOfOldRevisions();

        // helm rollback does what an upgrade to the chart before does. The definitions stay, since they are to be kept;
        // the
        // operator before is played by this one, with the agents before.
        CustomResourceDefinition upgraded = definition(DEFINITIONS.get(0));
        moment = installation.cluster().history().now();
        installation.cluster().images().purge("device-plugin-operator:" + BEFORE);
        installation.image(
                "operator", BEFORE, Distribution.builtIn(Line.project()).operator());
        installation.release().upgrade(recording.chart(), "");
        awaitAgents(BEFORE);
        assertGentle("lab", moment);
        assertThat(definition(DEFINITIONS.get(0)).getMetadata().getUid())
                .isEqualTo(upgraded.getMetadata().getUid());
        assertThat(definition(DEFINITIONS.get(0)).getSpec()).isEqualTo(upgraded.getSpec());

        assertThat(process(consumer)).isPresent().isEqualTo(process);
        assertThat(devices(consumer)).isEqualTo(devices);
    }

    private Pod consumer() {
        return client().resource(Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: consumer, namespace: default}
                spec:
                  nodeName: node-2
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: main, image: consumer, resources: {limits: {example.com/lab: "1"}}}
                """, Pod.class)).create();
    }

    private Optional<Long> process(Pod pod) {
        return Line.eventually()
                .until(
                        () -> installation
                                .cluster()
                                .node("node-2")
                                .processId("default", pod.getMetadata().getName(), "main"),
                        Optional::isPresent);
    }

    private Optional<ContainerDevices> devices(Pod pod) {
        return installation
                .cluster()
                .node("node-2")
                .containerDevices("default", pod.getMetadata().getName(), "main");
    }

    private void awaitAgents(String version) {
        Line.eventually()
                .atMost(ROLLOUT)
                .until(() -> agents(pod -> pod.getMetadata().getName().contains("lab")).stream()
                        .allMatch(pod -> image(pod).endsWith(":" + version) && isReady(pod)));
        for (DeploymentWatch watch : List.of(lab, pinned)) {
            installation.awaitReady(watch);
            assertThat(Statuses.isTrue(watch.latest().orElseThrow(), ConditionType.RolloutComplete))
                    .isTrue();
        }
    }

    private void assertGentle(String deployment, long moment) {
        String label = "devicemgr.io/deployment=" + deployment;
        assertThat(installation.cluster().history().mostAway(label, moment)).isEqualTo(1);
        Map<String, Long> replaced = installation.cluster().history().since(moment).stream()
                .filter(change -> change.kind() == PodChange.Kind.DELETED && change.has(label))
                .collect(Collectors.groupingBy(PodChange::node, Collectors.counting()));
        assertThat(replaced.keySet()).isEqualTo(installation.cluster().nodes().keySet());
        assertThat(replaced).allSatisfy((node, times) -> assertThat(times).isOne());
    }

    /** The API server takes them as they were written, and so does the operator. */
    private void stillValid() {
        for (String file : List.of("deployments.yaml", "every-field.yaml")) {
            for (GenericKubernetesResource each : recording.objects(file)) {
                client().resource(each).fieldManager("kubectl").forceConflicts().serverSideApply();
                DeploymentWatch watch = installation.watch(each.getMetadata().getName());
                assertThat(watch.await(d -> Statuses.isTrue(d, ConditionType.SpecValid), Line.LIMIT))
                        .as(() -> Serialization.asYaml(watch.latest().orElse(null)))
                        .isPresent();
            }
        }
    }

    private void nothingIsLeftOfOldRevisions() {
        Line.eventually().untilAsserted(() -> {
            TreeSet<String> revisions = new TreeSet<>();
            Stream.concat(
                            agents(pod -> true).stream().map(Pod::getMetadata),
                            client().apps().daemonSets().inAnyNamespace().list().getItems().stream()
                                    .map(set -> set.getSpec().getTemplate().getMetadata()))
                    .forEach(metadata -> revisions.add(metadata.getLabels().get("devicemgr.io/revision")));
            assertThat(client().configMaps()
                            .inAnyNamespace()
                            .withLabel("devicemgr.io/revision")
                            .list()
                            .getItems())
                    .extracting(HasMetadata::getMetadata)
                    .extracting(metadata -> metadata.getLabels().get("devicemgr.io/revision"))
                    .containsExactlyInAnyOrderElementsOf(revisions);
        });
    }

    private CustomResourceDefinition definition(String name) {
        return client().apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name)
                .get();
    }
}
