package io.devicemgr.testkit.kubelet;

import static io.devicemgr.testkit.kubelet.ScriptedPlugin.device;
import static io.devicemgr.testkit.kubelet.ScriptedPlugin.healthy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.TopologyInfo;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a v1.36.2 kubelet was seen to make of lists (contract 1.D), and what it thinks of bad ones (section 2.6). */
class ListFactsTest extends KubeletScene {
    private SimulatedKubelet kubelet;
    private ScriptedPlugin plugin;

    private void given(String... ids) {
        given(healthy(ids));
    }

    private void given(List<Device> devices) {
        kubelet = kubelet();
        plugin = plugin(kubelet).offering(devices);
        join(kubelet, plugin);
    }

    // Rule 39.
    @Test
    void withoutAFirstListTheResourceDoesNotExistAndPodsStartWithoutDevice() {
        kubelet = kubelet();
        plugin = plugin(kubelet).silent().serve();
        plugin.register();
        await().atMost(SOON).until(() -> plugin.streams() == 1);

        assertThat(kubelet.statusTick()).doesNotContainKey(RESOURCE);
        ContainerDevices devices = kubelet.admit(PodSpecification.of("p", RESOURCE, 1))
                .containers()
                .get("main");
        assertThat(devices.deviceIds()).isEmpty();
        assertThat(kubelet.calls().count(Rpc.ALLOCATE, RESOURCE)).isZero();
    }

    // Rule 40.
    @Test
    void everyMessageIsTheFullList() {
        given("a", "b", "c");
        counts(kubelet, 3, 3);

        plugin.send("b");

        counts(kubelet, 1, 1);
        kubelet.assertNoViolations();
    }

    // Rule 41: ending with OK is the same as an error.
    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "INTERNAL", "UNAVAILABLE"})
    void endOfTheStreamMakesAllDevicesUnhealthy(Status.Code code) {
        given("a", "b");

        plugin.endStream(code.toStatus());

        counts(kubelet, 2, 0);
    }

    // Rule 42.
    @ParameterizedTest
    @ValueSource(strings = {"", "healthy", "HEALTHY", "Healthy ", "Unknown"})
    void everythingButHealthyIsUnhealthy(String health) {
        given(List.of(device("a", "Healthy"), device("b", health)));

        counts(kubelet, 2, 1);
        assertViolation(kubelet, ViolationKind.WRONG_HEALTH);
    }

    // Rule 43.
    @Test
    void idTwiceHealthyIsCountedOnce() {
        given(List.of(device("a", "Healthy"), device("a", "Healthy")));

        counts(kubelet, 1, 1);
        assertViolation(kubelet, ViolationKind.DUPLICATE_ID);
    }

    // Rule 43.
    @Test
    void idOnceHealthyAndOnceUnhealthyIsCountedTwice() {
        given(List.of(device("a", "Healthy"), device("a", "Unhealthy")));

        counts(kubelet, 2, 1);
    }

    // Rule 44.
    @Test
    void emptyIdIsCountedAsADevice() {
        given("");

        counts(kubelet, 1, 1);
        assertViolation(kubelet, ViolationKind.EMPTY_ID);
    }

    // Rule 44.
    @Test
    void idOf64CharactersIsTakenButReported() {
        given("x".repeat(63), "y".repeat(64));

        counts(kubelet, 2, 2);
        assertThat(kubelet.violations()).singleElement().satisfies(v -> {
            assertThat(v.kind()).isEqualTo(ViolationKind.ID_TOO_LONG);
            assertThat(v.detail()).contains("y".repeat(64));
        });
    }

    // Rule 46.
    @Test
    void emptyListLeavesTheResourceOnTheNodeWithZero() {
        given("a");

        plugin.send(List.of());

        counts(kubelet, 0, 0);
    }

    // Rule 47, e2e device_plugin_failures_test.go:206.
    @Test
    void nodeStatusFollowsHealthAtTheNextTickOnly() {
        given("a", "b", "c", "d");
        counts(kubelet, 4, 4);
        plugin.send(List.of(
                device("a", "Unhealthy"), device("b", "Healthy"), device("c", "Unhealthy"), device("d", "Healthy")));
        await().atMost(SOON).until(() -> kubelet.devices(RESOURCE).orElseThrow().number() == 2);

        assertThat(kubelet.capacity()).containsEntry(RESOURCE, 4);
        assertThat(kubelet.allocatable()).containsEntry(RESOURCE, 4);
        counts(kubelet, 4, 2);
        plugin.send("a", "b", "c", "d");
        counts(kubelet, 4, 4);
    }

    // Fact 9, table 1.K.
    @Test
    void largestListHas85598IdsOf36Characters() {
        List<Device> devices = new ArrayList<>();
        IntStream.range(0, 85_598).forEach(i -> devices.add(device(new UUID(0, i).toString(), "Healthy")));
        given(devices);
        counts(kubelet, 85_598, 85_598);

        devices.add(device(new UUID(1, 0).toString(), "Healthy"));
        plugin.send(devices);

        counts(kubelet, 85_598, 0);
        assertViolation(kubelet, ViolationKind.MESSAGE_TOO_LARGE);
        assertThat(kubelet.calls()
                        .of(Rpc.LIST_AND_WATCH, RESOURCE)
                        .get(0)
                        .error()
                        .orElseThrow())
                .contains("ResourceExhausted");
    }

    // Rule 52.
    @Test
    void pluginSeesThatTheKubeletCancelsItsStream() {
        given("a");

        kubelet.faults().cancelStream(RESOURCE);

        await().atMost(SOON).until(() -> plugin.cancelledStreams.get() == 1);
        counts(kubelet, 1, 0);
    }

    // Rule 51.
    @Test
    void stalledReaderPushesBackUntilItReadsAgain() {
        given("a");
        kubelet.faults().stallReader(RESOURCE);
        List<Device> big = IntStream.range(0, 20_000)
                .mapToObj(i -> device("device-" + i, "Healthy"))
                .toList();

        plugin.send(big);
        plugin.send(big.subList(0, 19_999));
        plugin.send(big.subList(0, 19_998));

        await().during(Duration.ofMillis(300)).until(() -> !plugin.readyToSend());
        assertThat(kubelet.devices(RESOURCE).orElseThrow().number()).isLessThanOrEqualTo(2);
        kubelet.faults().resumeReader(RESOURCE);
        counts(kubelet, 19_998, 19_998);
    }

    // Rule 54.
    @Test
    void emptyTopologyIsReported() {
        given(List.of(device("a", "Healthy").toBuilder()
                .setTopology(TopologyInfo.getDefaultInstance())
                .build()));

        assertViolation(kubelet, ViolationKind.EMPTY_TOPOLOGY);
    }

    // Rule 55.
    @ParameterizedTest
    @ValueSource(longs = {-1, 1, 64})
    void numaNodeThatTheMachineLacksIsReported(long node) {
        given(List.of(device("a", "Healthy", node)));

        assertViolation(kubelet, ViolationKind.UNKNOWN_NUMA_NODE);
    }

    // Rule 50.
    @Test
    void sameListAgainIsReportedWhateverItsOrder() {
        given("a", "b");

        plugin.send("b", "a");

        assertViolation(kubelet, ViolationKind.UNCHANGED_LIST);
    }

    // Rule 50: bursts are legal, so this is a warning only.
    @Test
    void moreThanAListASecondIsAWarning() {
        given("a");
        for (int i = 0; i < 6; i++) {
            plugin.send("a", "b");
            plugin.send("a");
        }

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kubelet.warnings())
                        .extracting(Violation::kind)
                        .containsOnly(ViolationKind.LIST_RATE));
        kubelet.assertNoViolations();
    }

    // Rule 45.
    @Test
    void idOfAnotherResourceIsAWarning() {
        given("a");
        join(kubelet, plugin(kubelet, "example.com/camera", "camera.sock").offering("a"));

        assertThat(kubelet.warnings())
                .extracting(Violation::kind)
                .containsExactly(ViolationKind.ID_SHARED_BETWEEN_RESOURCES);
    }

    @Test
    void listenerHearsEveryListWithItsTimeOfArrival() {
        given("a");
        List<ReceivedList> heard = new ArrayList<>();
        kubelet.onList((resource, devices, nanos) -> heard.add(new ReceivedList(resource, "", devices, nanos, 0)));
        long before = System.nanoTime();

        plugin.send("a", "b");
        counts(kubelet, 2, 2);

        assertThat(heard).singleElement().satisfies(list -> {
            assertThat(list.devices()).hasSize(2);
            assertThat(list.nanoTime()).isBetween(before, System.nanoTime());
        });
    }

    @Test
    void listThatIsShownCountsAlready() {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        kubelet = kubelet();
        kubelet.onList((resource, devices, nanos) -> {
            arrived.countDown();
            pass(goOn);
        });
        plugin = plugin(kubelet).offering("a").serve();
        plugin.register();
        assertThat(pass(arrived)).isTrue();

        assertThat(kubelet.devices(RESOURCE)).isEmpty();
        goOn.countDown();
        await().atMost(SOON).until(() -> kubelet.devices(RESOURCE).isPresent());
        assertThat(kubelet.admit(PodSpecification.of("p", RESOURCE, 1))
                        .containers()
                        .get("main")
                        .ids(RESOURCE))
                .containsExactly("a");
    }

    private static boolean pass(CountDownLatch latch) {
        try {
            return latch.await(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
