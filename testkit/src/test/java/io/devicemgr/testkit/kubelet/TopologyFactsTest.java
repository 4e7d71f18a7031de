package io.devicemgr.testkit.kubelet;

import static io.devicemgr.testkit.kubelet.ScriptedPlugin.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.devicemgr.testkit.kubelet.AdmissionResult.Admitted;
import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NUMA alignment with container scope (contract 1.E, topology_hints.go). */
class TopologyFactsTest extends KubeletScene {
    private static final List<Device> TWO_ON_EACH_NODE = List.of(
            device("a0", "Healthy", 0),
            device("b0", "Healthy", 0),
            device("a1", "Healthy", 1),
            device("b1", "Healthy", 1));

    private SimulatedKubelet kubelet;
    private ScriptedPlugin plugin;

    private void given(TopologyPolicy policy, List<Device> devices) {
        kubelet = kubelet(o -> o.withNumaNodes(0, 1).withTopologyPolicy(policy));
        plugin = plugin(kubelet).offering(devices).preferring(r -> PreferredAllocationResponse.getDefaultInstance());
        join(kubelet, plugin);
    }

    private Set<String> admitted(String pod, int count) {
        return kubelet.admit(PodSpecification.of(pod, RESOURCE, count))
                .containers()
                .get("main")
                .ids(RESOURCE);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEST_EFFORT", "RESTRICTED", "SINGLE_NUMA_NODE"})
    void twoDevicesComeFromOneNode(TopologyPolicy policy) {
        given(policy, TWO_ON_EACH_NODE);

        assertThat(List.of(admitted("p", 2), admitted("q", 2)))
                .containsExactlyInAnyOrder(Set.of("a0", "b0"), Set.of("a1", "b1"));
    }

    @Test
    void moreDevicesThanOneNodeHasAreRejectedBySingleNumaNode() {
        given(TopologyPolicy.SINGLE_NUMA_NODE, TWO_ON_EACH_NODE);

        assertThat(kubelet.admit(PodSpecification.of("p", RESOURCE, 3)))
                .isEqualTo(new Rejected(
                        "TopologyAffinityError",
                        "Pod was rejected: Resources cannot be allocated with Topology locality"));
        assertThat(plugin.allocations).isEmpty();
    }

    @Test
    void moreDevicesThanOneNodeHasArePreferredOnTwoByRestricted() {
        given(TopologyPolicy.RESTRICTED, TWO_ON_EACH_NODE);

        assertThat(admitted("p", 3)).hasSize(3);
    }

    // One device of either node is free, while one node could hold two: a spread that is not preferred.
    @ParameterizedTest
    @EnumSource(names = {"BEST_EFFORT", "RESTRICTED"})
    void spreadThatOneNodeCouldAvoidIsRejectedByRestrictedOnly(TopologyPolicy policy) {
        given(policy, TWO_ON_EACH_NODE);
        plugin.send(List.of(
                device("a0", "Healthy", 0),
                device("b0", "Unhealthy", 0),
                device("a1", "Healthy", 1),
                device("b1", "Unhealthy", 1)));
        counts(kubelet, 4, 2);

        AdmissionResult result = kubelet.admit(PodSpecification.of("p", RESOURCE, 2));

        assertThat(result).isInstanceOf(policy == TopologyPolicy.RESTRICTED ? Rejected.class : Admitted.class);
    }

    // Rule 55: hints are there but empty.
    @ParameterizedTest
    @EnumSource(TopologyPolicy.class)
    void nodeMinusOneFailsUnderRestrictedAndSingleNumaNode(TopologyPolicy policy) {
        given(policy, List.of(device("a", "Healthy", -1)));

        AdmissionResult result = kubelet.admit(PodSpecification.of("p", RESOURCE, 1));

        switch (policy) {
            case NONE, BEST_EFFORT -> assertThat(result).isInstanceOf(Admitted.class);
            case RESTRICTED, SINGLE_NUMA_NODE ->
                assertThat(result)
                        .isInstanceOfSatisfying(
                                Rejected.class, r -> assertThat(r.reason()).isEqualTo("TopologyAffinityError"));
        }
    }

    // Rule 56: devices without topology are used last.
    @Test
    void devicesWithoutTopologyAreUsedLast() {
        given(
                TopologyPolicy.BEST_EFFORT,
                List.of(device("x", "Healthy"), device("y", "Healthy"), device("a1", "Healthy", 1)));

        assertThat(admitted("p", 1)).containsExactly("a1");
        assertThat(admitted("q", 1)).isSubsetOf("x", "y");
    }

    // Rules 54 and 39: without topology there are no hints and nothing is rejected.
    @Test
    void resourceWithoutTopologyIsAdmittedByEveryPolicy() {
        given(TopologyPolicy.SINGLE_NUMA_NODE, List.of(device("a", "Healthy"), device("b", "Healthy")));

        assertThat(admitted("p", 2)).hasSize(2);
    }

    // Rule 72b: needed < aligned -> available = aligned.
    @Test
    void preferenceIsAskedAmongTheAlignedDevicesOnly() {
        given(TopologyPolicy.SINGLE_NUMA_NODE, TWO_ON_EACH_NODE);

        Set<String> ids = admitted("p", 1);

        ContainerPreferredAllocationRequest request = plugin.preferences.get(0).getContainerRequests(0);
        assertThat(request.getAvailableDeviceIDsList())
                .hasSize(2)
                .containsAll(ids)
                .allMatch(id -> id.endsWith("0"));
        assertThat(request.getMustIncludeDeviceIDsList()).isEmpty();
    }

    // Rule 72b: not called when the aligned ones cover the need exactly.
    @Test
    void preferenceIsNotAskedForWhenAlignedDevicesAreTakenWhole() {
        given(TopologyPolicy.SINGLE_NUMA_NODE, TWO_ON_EACH_NODE);

        admitted("p", 2);

        assertThat(plugin.preferences).isEmpty();
    }

    // Rule 72e: what was taken as aligned before the error stays marked in use.
    @Test
    void alignedDevicesStayMarkedWhenThePreferenceFails() {
        given(
                TopologyPolicy.BEST_EFFORT,
                List.of(device("a0", "Healthy", 0), device("x", "Healthy"), device("y", "Healthy")));
        plugin.onPrefer = r -> {
            throw Status.INTERNAL.asRuntimeException();
        };
        assertThat(kubelet.admit(PodSpecification.of("p", RESOURCE, 2))).isInstanceOf(Rejected.class);
        plugin.onPrefer = r -> PreferredAllocationResponse.getDefaultInstance();

        assertThat(kubelet.admit(PodSpecification.of("q", RESOURCE, 3)))
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.message()).contains("Requested: 3, Available: 2"));
    }
}
