package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.DeviceCount;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever goes away comes back by itself, and what it left behind goes on meanwhile. */
class LossIT {
    private static Line line;

    @BeforeAll
    static void start() throws IOException {
        line = Line.start();
    }

    @AfterAll
    static void kubeletsSawNoBreachOfTheirContract() {
        try {
            line.cluster().nodes().values().forEach(node -> node.kubelet().assertNoViolations());
        } finally {
            line.close();
        }
    }

    private static DeploymentWatch ready(SimulatedNode node, String name) {
        DeploymentWatch watch =
                line.apply(Line.manifest(name, "example.com/" + name, "/dev/" + name + "*", node.name()));
        line.awaitReady(watch);
        return watch;
    }

    @Test
    void anAgentThatDiesIsReplacedAndOffersTheSameDevices() throws IOException {
        SimulatedNode node = line.node("mortal", "mortal", 2);
        DeploymentWatch watch = ready(node, "mortal");
        Pod agent = line.agent("mortal", "mortal");
        node.kill(
                SimulatedCluster.NAMESPACE,
                agent.getMetadata().getName(),
                agent.getSpec().getContainers().get(0).getName());
        await().atMost(Line.LIMIT).until(() -> node.kubelet().serves("example.com/mortal", 2));
        awaitAllocatable(node, "example.com/mortal", 2);
        line.awaitReady(watch);
    }

    @Test
    void aKubeletThatRestartsGetsItsDevicesBack() throws IOException {
        SimulatedNode node = line.node("rebooting", "boot", 2);
        DeploymentWatch watch = ready(node, "boot");
        AdmissionResult before = node.kubelet().admit(PodSpecification.of("holder", "example.com/boot", 1));
        assertThat(before).isInstanceOf(AdmissionResult.Admitted.class);
        node.kubelet().restart();
        await().atMost(Line.LIMIT).until(() -> node.kubelet().serves("example.com/boot", 2));
        awaitAllocatable(node, "example.com/boot", 2);
        line.awaitReady(watch);
    }

    @Test
    void anApiServerThatIsAwayStopsNeitherAgentsNorTheirNews() throws IOException {
        SimulatedNode node = line.node("island", "isle", 2);
        DeploymentWatch watch = ready(node, "isle");
        line.cluster().apiServer().outage(true);
        node.devices().unplug("/dev/isle0");
        await().atMost(Line.LIMIT)
                .until(() -> node.kubelet().devices("example.com/isle").orElseThrow().devices().stream()
                        .anyMatch(d -> d.getHealth().equals("Unhealthy")));
        line.cluster().apiServer().outage(false);
        line.await(watch, "loss listed", d -> Statuses.lists(d, "island", "/dev/isle0"));
        node.devices().replug("/dev/isle0");
        line.awaitReady(watch);
    }

    @Test
    void anOperatorThatDiesIsMissedByNobody() throws IOException {
        SimulatedNode node = line.node("unwatched", "unw", 2);
        DeploymentWatch watch = ready(node, "unw");
        line.operator().kill();
        await().atMost(Line.LIMIT).until(() -> !line.operator().alive());
        node.devices().unplug("/dev/unw1");
        awaitAllocatable(node, "example.com/unw", 1);
        line.startOperator();
        line.await(watch, "loss listed", d -> Statuses.lists(d, "unwatched", "/dev/unw1"));
        node.devices().replug("/dev/unw1");
        line.awaitReady(watch);
    }

    @Test
    void aChangedSpecReachesTheNodes() throws IOException {
        SimulatedNode node = line.node("changing", "chg", 2);
        DeploymentWatch watch = ready(node, "chg");
        String revision = watch.latest().orElseThrow().getStatus().rollout().revision();
        line.apply(Line.manifest("chg", "example.com/chg", "/dev/chg0", "changing"));
        line.await(
                watch,
                "new revision ready",
                d -> Statuses.isTrue(d, ConditionType.Ready)
                        && !d.getStatus().rollout().revision().equals(revision));
        awaitAllocatable(node, "example.com/chg", 1);
    }

    @Test
    void aDeletedDeploymentLeavesNothingBehind() throws IOException {
        SimulatedNode node = line.node("leaving", "leave", 1);
        DeploymentWatch watch = ready(node, "leave");
        line.client().resource(watch.latest().orElseThrow()).delete();
        await().atMost(Line.LIMIT).until(() -> ownedObjects("leave") == 0);
        try (Stream<String> sockets = Files.list(node.kubelet().options().devicePluginsDir())
                .map(path -> path.getFileName().toString())) {
            // The checkpoint is the kubelet's own, which replaces it from time to time.
            assertThat(sockets.filter(name -> !name.startsWith("kubelet_internal")))
                    .containsOnly("kubelet.sock");
        }
        awaitAllocatable(node, "example.com/leave", 0);
    }

    private static void awaitAllocatable(SimulatedNode node, String resource, int count) {
        await().atMost(Line.LIMIT)
                .untilAsserted(() -> assertThat(node.kubelet().statusTick())
                        .extractingByKey(resource)
                        .extracting(DeviceCount::allocatable)
                        .isEqualTo(count));
    }

    private static long ownedObjects(String deployment) {
        String namespace = SimulatedCluster.NAMESPACE;
        long reports = line.client().resources(NodeDeviceReport.class).list().getItems().stream()
                .filter(report -> report.getSpec().deployment().equals(deployment))
                .count();
        long objects = Stream.of(
                        line.client().apps().daemonSets().inNamespace(namespace).list(),
                        line.client().pods().inNamespace(namespace).list(),
                        line.client().configMaps().inNamespace(namespace).list(),
                        line.client().serviceAccounts().inNamespace(namespace).list(),
                        line.client().rbac().clusterRoleBindings().list())
                .flatMap(list -> list.getItems().stream())
                .filter(object -> object.getMetadata().getLabels() != null
                        && object.getMetadata().getLabels().containsValue(deployment))
                .count();
        return reports + objects;
    }
}
