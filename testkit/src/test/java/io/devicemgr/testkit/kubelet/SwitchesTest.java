package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.CDIDevice;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.DeviceSpec;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a test can make a simulated kubelet do to a plugin, and what it then says about the plugin. */
class SwitchesTest extends KubeletScene {
    private final SimulatedKubelet kubelet = kubelet();
    private final ScriptedPlugin plugin = plugin(kubelet).offering("a", "b");

    // Rule 24: a plugin that serves only after Register was answered is no problem for an old kubelet.
    @Test
    void anOldKubeletAnswersFirstAndTakesTheOptionsOfTheRequest() {
        kubelet.stop();
        SimulatedKubelet patient = kubelet();
        patient.faults().answerRegistrationsFirst(true);

        plugin.register(
                r -> r.setOptions(DevicePluginOptions.newBuilder()
                        .setPreStartRequired(true)
                        .build()),
                null);
        plugin.serve();

        counts(patient, 2, 2);
        assertThat(patient.calls().count(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE))
                .isZero();
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        patient.admit(pod);
        patient.startContainer(pod, "main");
        assertThat(patient.calls().count(Rpc.PRE_START_CONTAINER, RESOURCE)).isEqualTo(1);
    }

    // Rule 24: the answer says nothing about the dial.
    @Test
    void anOldKubeletThatCannotDialHasAnsweredAllTheSame() {
        kubelet.faults().answerRegistrationsFirst(true);

        plugin.register();

        assertThat(kubelet.registrations(RESOURCE)).isEqualTo(1);
        assertThat(kubelet.statusTick()).doesNotContainKey(RESOURCE);
    }

    // Rule 25.
    @Test
    void aLostReplyLeavesTheRegistrationStanding() {
        kubelet.faults().loseRegisterReplies(1);
        plugin.serve();

        assertThatThrownBy(plugin::register)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));

        counts(kubelet, 2, 2);
        assertThat(kubelet.registrations(RESOURCE)).isZero();
    }

    // Rule 12.
    @Test
    void callsPastTheDeviceManagerOverlap() throws Exception {
        join(kubelet, plugin);
        CyclicBarrier together = new CyclicBarrier(3);
        plugin.onAllocate = request -> {
            meet(together);
            return ScriptedPlugin.plainAnswer(request);
        };
        plugin.onPreStart = request -> {
            meet(together);
            return PreStartContainerResponse.getDefaultInstance();
        };
        PluginCalls calls = kubelet.pluginCalls(RESOURCE);

        CompletableFuture<AllocateResponse> first = calls.allocate("a");
        CompletableFuture<AllocateResponse> second = calls.allocate("b");
        CompletableFuture<PreStartContainerResponse> third = calls.preStart(List.of("a"));

        assertThat(first.get(10, TimeUnit.SECONDS).getContainerResponsesCount()).isEqualTo(1);
        second.get(10, TimeUnit.SECONDS);
        third.get(10, TimeUnit.SECONDS);
        assertThat(kubelet.calls().count(Rpc.ALLOCATE, RESOURCE)).isZero();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw Status.INTERNAL.withDescription("alone: " + e).asRuntimeException();
        }
    }

    // Rules 58 and 62: what no kubelet of today sends.
    @Test
    void aRequestCanHaveSeveralContainersAndUnknownIds() throws Exception {
        join(kubelet, plugin);
        AllocateRequest request = AllocateRequest.newBuilder()
                .addContainerRequests(ContainerAllocateRequest.newBuilder().addDevicesIds("a"))
                .addContainerRequests(ContainerAllocateRequest.newBuilder().addDevicesIds("unknown"))
                .build();

        AllocateResponse answer =
                kubelet.pluginCalls(RESOURCE).allocate(request).get(10, TimeUnit.SECONDS);

        assertThat(answer.getContainerResponsesCount()).isEqualTo(2);
        assertThat(plugin.allocations).containsExactly(request);
    }

    @Test
    void bytesThatAreNoMessageReachThePlugin() {
        join(kubelet, plugin);

        assertThatThrownBy(() -> kubelet.pluginCalls(RESOURCE)
                        .send("v1beta1.DevicePlugin/Allocate", new byte[] {(byte) 0xff})
                        .get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StatusRuntimeException.class);
        assertThat(plugin.allocations).isEmpty();
    }

    @Test
    void bytesThatAreAMessageAreAnswered() throws Exception {
        join(kubelet, plugin);
        byte[] request = PreferredAllocationRequest.getDefaultInstance().toByteArray();

        assertThat(kubelet.pluginCalls(RESOURCE)
                        .send("v1beta1.DevicePlugin/GetPreferredAllocation", request)
                        .get(10, TimeUnit.SECONDS))
                .isEmpty();
        assertThat(kubelet.pluginCalls(RESOURCE).options().get(10, TimeUnit.SECONDS))
                .isEqualTo(plugin.options);
        assertThat(kubelet.pluginCalls(RESOURCE)
                        .prefer(PreferredAllocationRequest.getDefaultInstance())
                        .get(10, TimeUnit.SECONDS)
                        .getContainerResponsesCount())
                .isZero();
        assertThat(plugin.preferences).hasSize(2);
    }

    // Rule 53.
    @Test
    void aFurtherStreamGetsTheListsToo() {
        join(kubelet, plugin);

        List<ListAndWatchResponse> lists = kubelet.pluginCalls(RESOURCE).watch();
        await().atMost(SOON).until(() -> lists.size() == 1 && plugin.streams() == 2);
        plugin.send("a");

        await().atMost(SOON).until(() -> lists.size() == 2);
        assertThat(lists.get(1).getDevicesCount()).isEqualTo(1);
        counts(kubelet, 1, 1);
    }

    // Rules 12 and 76.
    @Test
    void containersOfSeveralPodsStartAtTheSameTime() {
        CyclicBarrier together = new CyclicBarrier(2);
        plugin.preStart().onPreStart = request -> {
            meet(together);
            return PreStartContainerResponse.getDefaultInstance();
        };
        join(kubelet, plugin);
        List<PodSpecification> pods =
                List.of(PodSpecification.of("one", RESOURCE, 1), PodSpecification.of("two", RESOURCE, 1));
        pods.forEach(kubelet::admit);

        assertThat(kubelet.startContainers(pods, "main"))
                .containsOnlyKeys("uid-one", "uid-two")
                .allSatisfy((uid, result) -> assertThat(result).isInstanceOf(StartResult.Started.class));
    }

    // Rules 69 and 71a.
    @ParameterizedTest
    @CsvSource({
        "rw, vendor.com/class=name, ''",
        "rwx, vendor.com/class=name, WRONG_PERMISSIONS",
        "'', vendor.com/class=name, NO_PERMISSIONS",
        "mrw, device-name, WRONG_CDI_NAME",
        "r, vendor.com/class=, WRONG_CDI_NAME"
    })
    void answersAreJudged(String permissions, String cdiName, String violation) {
        plugin.onAllocate = request -> AllocateResponse.newBuilder()
                .addContainerResponses(ContainerAllocateResponse.newBuilder()
                        .addDevices(DeviceSpec.newBuilder()
                                .setHostPath("/dev/a")
                                .setContainerPath("/dev/a")
                                .setPermissions(permissions))
                        .addCdiDevices(CDIDevice.newBuilder().setName(cdiName)))
                .build();
        join(kubelet, plugin);

        kubelet.admit(PodSpecification.of("p", RESOURCE, 1)).containers();

        assertThat(kubelet.violations())
                .extracting(v -> v.kind().name())
                .isEqualTo(violation.isEmpty() ? List.of() : List.of(violation));
    }

    // Rule 39.
    @Test
    void aLateFirstListIsAWarning() {
        plugin.silent().serve();
        plugin.register();
        await().atMost(SOON).until(() -> plugin.streams() == 1);
        long begin = System.nanoTime();
        await().atMost(SOON).until(() -> System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(1100));

        plugin.send("a");

        counts(kubelet, 1, 1);
        assertThat(kubelet.warnings()).extracting(Violation::kind).containsExactly(ViolationKind.SLOW_FIRST_LIST);
    }
}
