package io.devicemgr.testkit.kubelet;

import static io.devicemgr.testkit.kubelet.ScriptedPlugin.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.CDIDevice;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.DeviceSpec;
import io.devicemgr.proto.deviceplugin.v1beta1.Mount;
import io.devicemgr.testkit.kubelet.AdmissionResult.Admitted;
import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.ContainerDevices.MountSpecification;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Admission and Allocate as a v1.36.2 kubelet was seen to do them (contract 1.F). */
class AllocationFactsTest extends KubeletScene {
    /** The common pool has a single thread on a machine with two processors. */
    private static final Executor THREAD_OF_ITS_OWN = task -> new Thread(task).start();

    private static final String CAMERA = "example.com/camera";

    private SimulatedKubelet kubelet;
    private ScriptedPlugin plugin;

    @BeforeEach
    void fourDevices() {
        kubelet = kubelet();
        plugin = plugin(kubelet).offering("a", "b", "c", "d");
        join(kubelet, plugin);
    }

    private Rejected rejected(PodSpecification pod) {
        AdmissionResult result = kubelet.admit(pod);
        assertThat(result).isInstanceOf(Rejected.class);
        return (Rejected) result;
    }

    private static ContainerSpecification wants(String container, int count) {
        return ContainerSpecification.of(container, Map.of(RESOURCE, count));
    }

    // Rule 58.
    @Test
    void requestHasOneContainerRequestForEachContainerAndResource() {
        kubelet.admit(PodSpecification.of("p", wants("one", 1), wants("two", 2)))
                .containers();

        assertThat(plugin.allocations).hasSize(2).allMatch(r -> r.getContainerRequestsCount() == 1);
        assertThat(plugin.allocations.get(1).getContainerRequests(0).getDevicesIdsList())
                .hasSize(2);
    }

    // Rule 58: only the first response is read.
    @Test
    void onlyTheFirstContainerResponseIsRead() {
        plugin.onAllocate = request -> AllocateResponse.newBuilder()
                .addContainerResponses(ContainerAllocateResponse.newBuilder().putEnvs("ANSWER", "first"))
                .addContainerResponses(ContainerAllocateResponse.newBuilder().putEnvs("ANSWER", "second"))
                .build();

        ContainerDevices devices = kubelet.admit(PodSpecification.of("p", RESOURCE, 1))
                .containers()
                .get("main");

        assertThat(devices.env()).isEqualTo(Map.of("ANSWER", "first"));
        assertViolation(kubelet, ViolationKind.ALLOCATE_RESPONSE_COUNT);
    }

    // Rule 59: "Requested: 1, Available: 0" although nothing was running.
    @Test
    void emptyAnswerFailsThePodAndLeavesTheIdsMarkedInUse() {
        plugin.onAllocate = request -> AllocateResponse.getDefaultInstance();
        Rejected first = rejected(PodSpecification.of("p", RESOURCE, 4));
        plugin.onAllocate = ScriptedPlugin::plainAnswer;

        assertThat(first.message()).contains("no containers return in allocation response");
        assertThat(rejected(PodSpecification.of("q", RESOURCE, 1)).message())
                .contains("requested number of devices unavailable for " + RESOURCE + ". Requested: 1, Available: 0");
        assertViolation(kubelet, ViolationKind.ALLOCATE_RESPONSE_COUNT);
    }

    // Rule 59: the marks go when some other device pod goes away.
    @Test
    void marksOfAnEmptyAnswerGoWhenAnotherPodGoes() {
        PodSpecification other = PodSpecification.of("other", RESOURCE, 1);
        kubelet.admit(other).containers();
        plugin.onAllocate = request -> AllocateResponse.getDefaultInstance();
        rejected(PodSpecification.of("p", RESOURCE, 3));
        plugin.onAllocate = ScriptedPlugin::plainAnswer;

        kubelet.removePod(other);

        assertThat(kubelet.admit(PodSpecification.of("q", RESOURCE, 4))).isInstanceOf(Admitted.class);
    }

    // Rule 60.
    @Test
    void idsComeInAnyOrder() {
        Set<List<String>> orders = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            PodSpecification pod = PodSpecification.of("p" + i, RESOURCE, 4);
            kubelet.admit(pod).containers();
            kubelet.removePod(pod);
        }
        plugin.allocations.forEach(
                r -> orders.add(List.copyOf(r.getContainerRequests(0).getDevicesIdsList())));

        assertThat(orders).hasSizeGreaterThan(1);
    }

    // Rule 61, TestInitContainerDeviceAllocation.
    @Test
    void appContainerGetsTheDevicesOfTheInitContainerBeforeIt() {
        PodSpecification pod = PodSpecification.of("p", wants("app", 2)).withInitContainers(wants("init", 2));

        Map<String, ContainerDevices> given = kubelet.admit(pod).containers();

        assertThat(given.get("app").ids(RESOURCE)).isEqualTo(given.get("init").ids(RESOURCE));
        assertThat(plugin.allocations).hasSize(2);
    }

    // e2e device_plugin_test.go:692.
    @Test
    void sidecarSharesWithTheInitContainerAndKeepsItsDevice() {
        PodSpecification pod = PodSpecification.of("p", wants("app", 1))
                .withInitContainers(
                        wants("init", 1), ContainerSpecification.restartableInit("sidecar", Map.of(RESOURCE, 1)));

        Map<String, ContainerDevices> given = kubelet.admit(pod).containers();

        assertThat(given.get("sidecar").ids(RESOURCE))
                .isEqualTo(given.get("init").ids(RESOURCE));
        assertThat(given.get("app").ids(RESOURCE))
                .doesNotContainAnyElementsOf(given.get("sidecar").ids(RESOURCE));
    }

    // Rule 63.
    @Test
    void errorOfAllocateIsFinalForThePodAndFreesTheIds() {
        plugin.onAllocate = request -> {
            throw Status.FAILED_PRECONDITION.withDescription("lens cap is on").asRuntimeException();
        };
        Rejected rejected = rejected(PodSpecification.of("p", RESOURCE, 4));
        plugin.onAllocate = ScriptedPlugin::plainAnswer;

        assertThat(rejected.reason()).isEqualTo("UnexpectedAdmissionError");
        assertThat(rejected.message())
                .isEqualTo(
                        "Pod was rejected: Allocate failed due to rpc error: code = FailedPrecondition desc = lens cap"
                                + " is on, which is unexpected");
        assertThat(kubelet.admit(PodSpecification.of("q", RESOURCE, 4))).isInstanceOf(Admitted.class);
    }

    // Rule 66: a pod bound before the plugin came counts as a user, though it never got a device (rule 39).
    @Test
    void podCanBeRejectedAfterAllocateSucceeded() {
        PodSpecification early = PodSpecification.of("early", CAMERA, 1);
        assertThat(kubelet.admit(early)).isInstanceOf(Admitted.class);
        ScriptedPlugin camera = plugin(kubelet, CAMERA, "camera.sock").offering("x");
        join(kubelet, camera);
        counts(kubelet, CAMERA, 1, 1);

        Rejected late = rejected(PodSpecification.of("late", CAMERA, 1));

        assertThat(camera.allocations).hasSize(1);
        assertThat(late)
                .isEqualTo(new Rejected(
                        "OutOf" + CAMERA,
                        "Pod was rejected: Node didn't have enough resource: " + CAMERA
                                + ", requested: 1, used: 1, capacity: 1"));
    }

    // Rule 67.
    @Test
    void containerRestartDoesNotAllocateAgain() {
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        ContainerDevices given = kubelet.admit(pod).containers().get("main");

        assertThat(kubelet.startContainer(pod, "main")).isEqualTo(new StartResult.Started(given));
        assertThat(kubelet.restartContainer(pod, "main")).isEqualTo(new StartResult.Started(given));

        assertThat(plugin.allocations).hasSize(1);
    }

    // Rule 68.
    @Test
    void limitOfZeroAsksForNothing() {
        assertThat(kubelet.admit(PodSpecification.of("p", RESOURCE, 0)))
                .isEqualTo(new Admitted(Map.of(
                        "main", new ContainerDevices(Map.of(), Map.of(), List.of(), List.of(), Map.of(), List.of()))));
        assertThat(plugin.allocations).isEmpty();
    }

    // Rules 68 and 100.
    @Test
    void resourceThatComesFromDraIsLeftAlone() {
        kubelet.admit(PodSpecification.of(
                        "p", new ContainerSpecification("main", Map.of(RESOURCE, 1), false, Set.of(RESOURCE))))
                .containers();

        assertThat(plugin.allocations).isEmpty();
    }

    // Rules 69 and 71a.
    @Test
    void answerIsPassedOnVerbatim() {
        plugin.onAllocate = request -> AllocateResponse.newBuilder()
                .addContainerResponses(ContainerAllocateResponse.newBuilder()
                        .putEnvs("PORT", "/dev/x")
                        .putAnnotations("example.com/port", "x")
                        .addMounts(Mount.newBuilder()
                                .setHostPath("/h")
                                .setContainerPath("/c")
                                .setReadOnly(true))
                        .addDevices(
                                DeviceSpec.newBuilder().setHostPath("/dev/x").setContainerPath("/dev/y"))
                        .addCdiDevices(CDIDevice.newBuilder().setName("example.com/serial=x")))
                .build();

        ContainerDevices devices = kubelet.admit(PodSpecification.of("p", RESOURCE, 1))
                .containers()
                .get("main");

        assertThat(devices.env()).isEqualTo(Map.of("PORT", "/dev/x"));
        assertThat(devices.annotations()).isEqualTo(Map.of("example.com/port", "x"));
        assertThat(devices.mounts()).containsExactly(new MountSpecification("/h", "/c", true));
        assertThat(devices.devices()).containsExactly(new DeviceNode("/dev/x", "/dev/y", ""));
        assertThat(devices.cdiNames()).containsExactly("example.com/serial=x");
        assertViolation(kubelet, ViolationKind.NO_PERMISSIONS);
    }

    // Rule 70.
    @Test
    void firstOfTwoResourcesWinsForTheSameEnv() {
        ScriptedPlugin camera = plugin(kubelet, CAMERA, "camera.sock").offering("x", "y", "z");
        join(kubelet, camera);
        plugin.onAllocate = request -> env("serial");
        camera.onAllocate = request -> env("camera");

        ContainerDevices devices = kubelet.admit(
                        PodSpecification.of("p", ContainerSpecification.of("main", Map.of(RESOURCE, 1, CAMERA, 2))))
                .containers()
                .get("main");

        assertThat(devices.env()).hasSize(1).extractingByKey("WHO").isIn("serial", "camera");
        assertThat(devices.ids(CAMERA)).hasSize(2);
        assertThat(devices.ids(RESOURCE)).hasSize(1);
    }

    private static AllocateResponse env(String value) {
        return AllocateResponse.newBuilder()
                .addContainerResponses(ContainerAllocateResponse.newBuilder().putEnvs("WHO", value))
                .build();
    }

    // Fact 7, rule 65.
    @Test
    void hangingAllocateStopsAllAdmissionOfTheNode() {
        CountDownLatch hanging = new CountDownLatch(1);
        plugin.onAllocate = request -> {
            await().atMost(SOON).until(() -> hanging.getCount() == 0);
            return ScriptedPlugin.plainAnswer(request);
        };
        CompletableFuture<AdmissionResult> slow = CompletableFuture.supplyAsync(
                () -> kubelet.admit(PodSpecification.of("p", RESOURCE, 1)), THREAD_OF_ITS_OWN);
        kubelet.calls().await(Rpc.ALLOCATE, RESOURCE, 1, SOON);
        CompletableFuture<AdmissionResult> other = CompletableFuture.supplyAsync(
                () -> kubelet.admit(PodSpecification.of("q", "example.com/none", 1)), THREAD_OF_ITS_OWN);

        await().during(Duration.ofMillis(200)).until(() -> !other.isDone());
        hanging.countDown();

        assertThat(slow.join()).isInstanceOf(Admitted.class);
        assertThat(other.join()).isInstanceOf(Admitted.class);
    }

    // Rule 62: health is checked against the newest list.
    @Test
    void unhealthyDevicesAreNotGivenOut() {
        plugin.send(List.of(device("a", "Unhealthy"), device("b", "Healthy")));
        counts(kubelet, 2, 1);

        assertThat(kubelet.admit(PodSpecification.of("p", RESOURCE, 1))
                        .containers()
                        .get("main")
                        .ids(RESOURCE))
                .containsExactly("b");
        assertThat(rejected(PodSpecification.of("q", RESOURCE, 1)).message()).contains("Requested: 1, Available: 0");
    }

    // Rule 49, e2e device_plugin_failures_test.go:154.
    @Test
    void deviceThatTurnsUnhealthyStaysWithItsPod() {
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 4);
        kubelet.admit(pod).containers();

        plugin.send(List.of(
                device("a", "Unhealthy"), device("b", "Healthy"), device("c", "Healthy"), device("d", "Healthy")));
        counts(kubelet, 4, 3);

        assertThat(kubelet.startContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(kubelet.deviceHealth(pod, "main", RESOURCE))
                .isEqualTo(Map.of("a", "Unhealthy", "b", "Healthy", "c", "Healthy", "d", "Healthy"));
        assertThat(kubelet.drainPodUpdates()).containsExactly(pod.uid());
        kubelet.assertNoViolations();
    }
}
