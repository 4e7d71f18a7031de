package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The end of a deployment with real agents: in good order, and nothing of it stays. */
class EndingIT {
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

    @Test
    void theYoungerDeploymentTakesOverWhenTheLastAgentOfTheOlderHasEnded() throws IOException {
        SimulatedNode node = line.node("heir", "heir", 2);
        DeploymentWatch older = line.apply(Line.manifest("aged", "example.com/heir", "/dev/heir*", "heir"));
        line.awaitReady(older);
        DeploymentWatch younger = line.apply(Line.manifest("young", "example.com/heir", "/dev/heir*", "heir"));
        line.awaitFalse(younger, ConditionType.SpecValid, ConditionReason.ResourceConflict, "deployment aged");
        try (Encounters encounters = new Encounters()) {
            line.client().resource(older.latest().orElseThrow()).delete();
            line.awaitReady(younger);
            assertThat(encounters.seen).as("agents that met").isEmpty();
        }
        assertThat(node.kubelet().allocatable()).containsEntry("example.com/heir", 2);
        assertThat(line.client()
                        .resources(NodeDeviceReport.class)
                        .withName(NodeDeviceReport.nameOf("aged", "heir"))
                        .get())
                .isNull();
    }

    @Test
    void aResourceThatIsRenamedInTheOlderDeploymentGoesToTheYoungerWithoutAnEncounter() throws IOException {
        SimulatedNode node = line.node("swap", "swap", 2);
        DeploymentWatch older = line.apply(Line.manifest("first", "example.com/swap", "/dev/swap0", "swap"));
        line.awaitReady(older);
        DeploymentWatch younger = line.apply(Line.manifest("second", "example.com/swap", "/dev/swap1", "swap"));
        line.awaitFalse(younger, ConditionType.SpecValid, ConditionReason.ResourceConflict, "deployment first");
        int before = node.kubelet().registrations("example.com/swap");

        line.apply(Line.manifest("first", "example.com/swapped", "/dev/swap0", "swap"));
        line.awaitReady(younger);
        line.awaitReady(older);
        assertThat(node.kubelet().registrations("example.com/swap")).isEqualTo(before + 1);
        assertThat(node.kubelet().allocatable())
                .containsEntry("example.com/swap", 1)
                .containsEntry("example.com/swapped", 1);
    }

    @Test
    void theNodeForgetsTheResourceOnceItsKubeletHas() throws IOException {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
        SimulatedNode node = line.cluster()
                .addNode(
                        "forgetful",
                        Map.of("pool", "forgetful"),
                        kubelet -> kubelet.withClock(() -> Instant.now().plus(ahead.get())));
        node.devices().plug("/dev/forget0", DeviceTree.machineDevices().get(0));
        DeploymentWatch watch = line.apply(Line.manifest("forget", "example.com/forget", "/dev/forget*", "forgetful"));
        line.awaitReady(watch);
        line.client().resource(watch.latest().orElseThrow()).delete();
        await().atMost(Line.LIMIT).until(() -> !leftovers("forget").isEmpty());
        await().atMost(Line.LIMIT).until(() -> quantity("example.com/forget").equals(new Quantity("0")));

        ahead.set(Duration.ofMinutes(6));
        await().atMost(Line.LIMIT).until(() -> node.kubelet().capacity().get("example.com/forget") == 0);
        // To the operator it looks as if the six minutes had passed too.
        leftovers("forget").forEach(EndingIT::backdate);
        await().atMost(Line.LIMIT).until(() -> quantity("example.com/forget") == null);
        assertThat(line.client().nodes().withName("forgetful").get().getStatus().getCapacity())
                .doesNotContainKey("example.com/forget")
                .containsKey("cpu");
    }

    private static Quantity quantity(String resource) {
        return line.client()
                .nodes()
                .withName("forgetful")
                .get()
                .getStatus()
                .getAllocatable()
                .get(resource);
    }

    private static List<ConfigMap> leftovers(String deployment) {
        return line
                .client()
                .configMaps()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .withLabel("devicemgr.io/leftovers")
                .list()
                .getItems()
                .stream()
                .filter(map -> map.getMetadata().getName().startsWith("devicemgr-" + deployment + "-left-"))
                .toList();
    }

    private static void backdate(ConfigMap map) {
        String since = Instant.now().minus(Duration.ofMinutes(6)).toString();
        String json =
                map.getData().get("leftovers.json").replaceFirst("\"since\":\"[^\"]*\"", "\"since\":\"" + since + "\"");
        line.client()
                .resource(new ConfigMapBuilder(map)
                        .addToData("leftovers.json", json)
                        .build())
                .update();
    }

    /** Agents of different deployments that are on one node at the same time. */
    private static final class Encounters implements AutoCloseable {
        private final List<String> seen = new CopyOnWriteArrayList<>();
        private final Map<String, String> agents = new ConcurrentHashMap<>();
        private final SharedIndexInformer<Pod> informer = line.client()
                .pods()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Pod pod) {
                        String name = pod.getMetadata().getName();
                        if (name.contains("aged") || name.contains("young")) {
                            agents.put(name, name);
                            boolean both = agents.keySet().stream().anyMatch(each -> each.contains("aged"))
                                    && agents.keySet().stream().anyMatch(each -> each.contains("young"));
                            if (both) {
                                seen.add(String.join(" and ", agents.keySet()));
                            }
                        }
                    }

                    @Override
                    public void onUpdate(Pod before, Pod pod) {
                        // The containers of such a pod have ended; the object is still to go.
                        if (List.of("Succeeded", "Failed")
                                .contains(pod.getStatus().getPhase())) {
                            agents.remove(pod.getMetadata().getName());
                        }
                    }

                    @Override
                    public void onDelete(Pod pod, boolean stateUnknown) {
                        agents.remove(pod.getMetadata().getName());
                    }
                });

        @Override
        public void close() {
            informer.stop();
        }
    }
}
