package io.devicemgr.testkit.kubelet;

import static io.devicemgr.testkit.kubelet.ScriptedPlugin.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.proto.deviceplugin.v1beta1.TopologyInfo;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesRequest;
import io.devicemgr.proto.podresources.v1.ContainerDevices;
import io.devicemgr.proto.podresources.v1.ContainerResources;
import io.devicemgr.proto.podresources.v1.GetPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.ListPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.NUMANode;
import io.devicemgr.proto.podresources.v1.PodResources;
import io.devicemgr.proto.podresources.v1.PodResourcesListerGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The PodResources API as the contract has it (1.L). */
class PodResourcesFactsTest extends KubeletScene {
    private final SimulatedKubelet kubelet = kubelet(o -> o.withNumaNodes(0, 1));
    private final ScriptedPlugin plugin = plugin(kubelet);
    private final UnixSockets sockets = new UnixSockets();
    private final ManagedChannel channel =
            sockets.channel(kubelet.options().podResourcesSocket(), "localhost").build();

    @AfterEach
    void closeChannel() {
        channel.shutdownNow();
        sockets.close();
    }

    private PodResourcesListerGrpc.PodResourcesListerBlockingStub lister() {
        return PodResourcesListerGrpc.newBlockingStub(channel);
    }

    private List<PodResources> pods() {
        return lister().list(ListPodResourcesRequest.getDefaultInstance()).getPodResourcesList();
    }

    private List<ContainerDevices> allocatable() {
        return lister().getAllocatableResources(AllocatableResourcesRequest.getDefaultInstance())
                .getDevicesList();
    }

    // Rule 99.
    @Test
    void listHasSidecarsAndAppContainersAlsoThoseWithoutDevices() {
        join(kubelet, plugin.offering("a", "b", "c"));
        PodSpecification pod = PodSpecification.of(
                        "p",
                        ContainerSpecification.of("app", Map.of(RESOURCE, 1)),
                        ContainerSpecification.of("bare", Map.of()))
                .withInitContainers(
                        ContainerSpecification.of("init", Map.of(RESOURCE, 1)),
                        ContainerSpecification.restartableInit("sidecar", Map.of(RESOURCE, 1)));
        AdmissionResult given = kubelet.admit(pod);

        PodResources listed = pods().get(0);

        assertThat(listed.getName()).isEqualTo("p");
        assertThat(listed.getNamespace()).isEqualTo("default");
        assertThat(listed.getContainersList())
                .extracting(ContainerResources::getName)
                .containsExactlyInAnyOrder("sidecar", "app", "bare");
        listed.getContainersList()
                .forEach(container -> assertThat(
                                container.getDevicesList().stream().flatMap(d -> d.getDeviceIdsList().stream()))
                        .containsExactlyElementsOf(
                                given.containers().get(container.getName()).ids(RESOURCE)));
    }

    // Rule 99: active pods only, and stranded allocations are freed first.
    @Test
    void listFreesTheDevicesOfPodsThatAreGone() {
        join(kubelet, plugin.offering("a"));
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();
        kubelet.removePod(pod);

        assertThat(pods()).isEmpty();
        plugin.send(List.of(device("a", "Unhealthy")));
        counts(kubelet, 1, 0);

        assertThat(kubelet.drainPodUpdates())
                .as("nobody holds the device any more")
                .isEmpty();
    }

    // Rule 99.
    @Test
    void getFailsForAnUnknownPod() {
        join(kubelet, plugin.offering("a"));
        kubelet.admit(PodSpecification.of("p", RESOURCE, 1)).containers();
        GetPodResourcesRequest.Builder request =
                GetPodResourcesRequest.newBuilder().setPodNamespace("default");

        assertThat(lister().get(request.setPodName("p").build())
                        .getPodResources()
                        .getContainers(0)
                        .getDevicesList())
                .hasSize(1);
        assertThatThrownBy(() -> lister().get(request.setPodName("x").build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
                    assertThat(e.getStatus().getDescription()).isEqualTo("pod x in namespace default not found");
                });
    }

    // Rule 99: not "free", but all that is healthy.
    @Test
    void allocatableResourcesAreAllHealthyDevicesAllocatedOrNot() {
        join(
                kubelet,
                plugin.offering(List.of(device("a", "Healthy"), device("b", "Healthy"), device("c", "Unhealthy"))));
        kubelet.admit(PodSpecification.of("p", RESOURCE, 1)).containers();

        assertThat(allocatable())
                .allMatch(d -> !d.hasTopology() && d.getResourceName().equals(RESOURCE))
                .flatExtracting(ContainerDevices::getDeviceIdsList)
                .containsExactlyInAnyOrder("a", "b");
    }

    // Rules 57 and 99a.
    @Test
    void deviceOnTwoNodesHasTwoEntries() {
        join(kubelet, plugin.offering(List.of(device("a", "Healthy", 0, 1))));
        kubelet.admit(PodSpecification.of("p", RESOURCE, 1)).containers();

        for (List<ContainerDevices> devices :
                List.of(allocatable(), pods().get(0).getContainers(0).getDevicesList())) {
            assertThat(devices)
                    .allMatch(d -> d.getDeviceIdsList().equals(List.of("a")))
                    .flatExtracting(d -> d.getTopology().getNodesList())
                    .extracting(NUMANode::getID)
                    .containsExactlyInAnyOrder(0L, 1L);
        }
    }

    // Rule 54.
    @Test
    void deviceWithEmptyTopologyVanishesFromAllocatableResources() {
        join(
                kubelet,
                plugin.offering(List.of(
                        device("a", "Healthy"),
                        device("b", "Healthy").toBuilder()
                                .setTopology(TopologyInfo.getDefaultInstance())
                                .build())));

        counts(kubelet, 2, 2);
        assertThat(allocatable())
                .flatExtracting(ContainerDevices::getDeviceIdsList)
                .containsExactly("a");
    }

    // Rule 85: right after a silent loss the own ids are missing.
    @Test
    void silentLossShowsInAllocatableResources() {
        join(kubelet, plugin.offering("a"));
        assertThat(allocatable()).hasSize(1);

        kubelet.faults().loseSilently(RESOURCE);

        assertThat(allocatable()).isEmpty();
    }

    // Rule 98, e2e podresources_test.go:2055.
    @Test
    void twoHundredTightCallsHitTheRateLimit() {
        List<Status> refusals = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            try {
                pods();
            } catch (StatusRuntimeException e) {
                refusals.add(e.getStatus());
            }
        }

        assertThat(refusals).isNotEmpty().allSatisfy(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(status.getDescription()).isEqualTo("rejected by rate limit");
        });
    }

    @Test
    void podResourcesCanBeMadeToFail() {
        kubelet.faults().rejectPodResources(1);

        assertThatThrownBy(this::pods).hasMessageContaining("UNAVAILABLE");
        assertThat(pods()).isEmpty();
    }
}
