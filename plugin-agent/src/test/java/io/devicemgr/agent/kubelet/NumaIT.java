package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.Allocation.Preference;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.Sharing;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.devicemgr.testkit.kubelet.StartResult;
import io.devicemgr.testkit.kubelet.TopologyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Device Manager's own choice of devices by NUMA node, and ours. */
class NumaIT {
    private static final String RESOURCE = "example.com/gpu";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final InventoryStore store = new InventoryStore();
    private final DirectoryWatch watch = new DirectoryWatch();
    private Path root;
    private SimulatedKubelet kubelet;
    private KubeletSide side;

    @AfterEach
    void close() {
        side.close();
        watch.close();
        kubelet.close();
        kubelet.assertNoViolations();
    }

    @Test
    void aPodOnOneNodeGetsDevicesOfOneNode() throws IOException {
        start(TopologyPolicy.SINGLE_NUMA_NODE, Preference.None, 0, 1, 0, 1);
        assertThat(nodes(admit("a", 2))).hasSize(1);
        assertThat(nodes(admit("b", 2))).hasSize(1);
    }

    @Test
    void whatDoesNotFitOnOneNodeIsRefusedByTheKubelet() throws IOException {
        start(TopologyPolicy.SINGLE_NUMA_NODE, Preference.None, 0, 1, 0, 1);
        assertThat(kubelet.admit(PodSpecification.of("big", RESOURCE, 3)))
                .isInstanceOfSatisfying(
                        AdmissionResult.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo("TopologyAffinityError"));
    }

    @Test
    void aDeviceWithoutNodeMakesNoPodFail() throws IOException {
        start(TopologyPolicy.SINGLE_NUMA_NODE, Preference.None, 0, 1, null);
        assertThat(admit("all", 3)).hasSize(3);
    }

    @Test
    void packedDevicesShareANodeWhereTheKubeletDoesNotCare() throws IOException {
        start(TopologyPolicy.NONE, Preference.NUMAPacked, 0, 1, 1, 0, 0, 1, 1);
        assertThat(nodes(admit("three", 3))).containsExactly(0);
        assertThat(nodes(admit("four", 4))).containsExactly(1);
    }

    @Test
    void spreadDevicesShareNoneWhereThatIsPossible() throws IOException {
        start(TopologyPolicy.NONE, Preference.Spread, 0, 0, 0, 1);
        assertThat(nodes(admit("two", 2))).containsExactlyInAnyOrder(0, 1);
    }

    /** A kubelet that starts may hear of its pods later than of the devices, and then asks for hints once more. */
    @Test
    void aRunningPodThatHoldsAShareOfEarlierSharingSurvivesARestartOfTheKubelet() throws IOException {
        start(TopologyPolicy.SINGLE_NUMA_NODE, Preference.None, 0, 1);
        watch.start();
        side.close();
        serve(Preference.None, new Sharing(2, false), 4);
        PodSpecification pod = PodSpecification.of("a", RESOURCE, 1);
        assertThat(kubelet.admit(pod)).isInstanceOf(AdmissionResult.Admitted.class);
        assertThat(kubelet.startContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        side.close();
        serve(Preference.None, Sharing.none(), 1);
        kubelet.restart();
        awaitAllocatable(1);
        assertThat(kubelet.readmitPods().values()).hasSize(1).allMatch(AdmissionResult.Admitted.class::isInstance);
    }

    private Set<String> admit(String pod, int count) {
        return kubelet.admit(PodSpecification.of(pod, RESOURCE, count))
                .containers()
                .get("main")
                .ids(RESOURCE);
    }

    private Set<Integer> nodes(Set<String> ids) {
        return store.current().devices().stream()
                .filter(device -> ids.contains(device.id().value()))
                .map(device -> device.hardware().numaNode())
                .collect(Collectors.toSet());
    }

    private void start(TopologyPolicy policy, Preference preference, Integer... numaNodes) throws IOException {
        root = Files.createTempDirectory(Path.of("/tmp"), "numa");
        for (String name : List.of("device-plugins", "pod-resources")) {
            Files.createDirectory(root.resolve(name));
        }
        kubelet = new SimulatedKubelet(
                SimulatedKubeletOptions.below(root).withNumaNodes(0, 1).withTopologyPolicy(policy));
        kubelet.start();
        store.update(before -> new Inventory(0, devices(numaNodes), List.of(), List.of()));
        serve(preference, Sharing.none(), numaNodes.length);
    }

    private void serve(Preference preference, Sharing sharing, int offered) {
        Allocation rule = new Allocation(null, null, null, null, null, null, preference);
        side = new KubeletSide(
                root.resolve("device-plugins"),
                root.resolve("pod-resources/kubelet.sock"),
                Optional.empty(),
                List.of(new Allocator(new DeviceResource(RESOURCE, List.of(), sharing, null, rule, null))),
                store,
                watch,
                new Metrics());
        side.start();
        awaitAllocatable(offered);
    }

    private void awaitAllocatable(int count) {
        await().until(() -> {
            kubelet.statusTick();
            return kubelet.allocatable().getOrDefault(RESOURCE, 0) == count;
        });
    }

    private static List<Device> devices(Integer... numaNodes) {
        return IntStream.range(0, numaNodes.length)
                .mapToObj(i -> {
                    String path = "/dev/gpu" + i;
                    DeviceNode node = DeviceNode.own(path, path, new NodeNumber(Type.CHARACTER, 240, i));
                    Hardware hardware =
                            new Hardware(path, path, path, List.of(node), List.of(path), null, numaNodes[i]);
                    return new Device(RESOURCE, new DeviceId("gpu" + i), hardware, Health.present(START), null);
                })
                .toList();
    }
}
