package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import io.devicemgr.testkit.kubelet.StartResult.ConfigError;
import io.devicemgr.testkit.kubelet.StartResult.Started;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** GetPreferredAllocation and PreStartContainer as a v1.36.2 kubelet was seen to call them (contract 1.G and 1.H). */
class OptionalCallFactsTest extends KubeletScene {
    private final SimulatedKubelet kubelet = kubelet();
    private final ScriptedPlugin plugin = plugin(kubelet);

    private static PreferredAllocationResponse prefers(String... ids) {
        return PreferredAllocationResponse.newBuilder()
                .addContainerResponses(
                        ContainerPreferredAllocationResponse.newBuilder().addAllDeviceIDs(List.of(ids)))
                .build();
    }

    private Set<String> admitted(String pod, int count) {
        return kubelet.admit(PodSpecification.of(pod, RESOURCE, count))
                .containers()
                .get("main")
                .ids(RESOURCE);
    }

    // Rules 72a and 73.
    @Test
    void withoutTheOptionsNeitherCallIsMade() {
        join(kubelet, plugin.offering("a", "b"));
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();
        kubelet.startContainer(pod, "main");

        assertThat(kubelet.calls().count(Rpc.GET_PREFERRED_ALLOCATION, RESOURCE))
                .isZero();
        assertThat(kubelet.calls().count(Rpc.PRE_START_CONTAINER, RESOURCE)).isZero();
    }

    // Rule 72a: changing the options needs a new registration.
    @Test
    void optionsCountAsTheyWereAtRegistration() {
        join(kubelet, plugin.offering("a", "b"));
        plugin.preferring(r -> prefers("b"));

        admitted("p", 1);

        assertThat(plugin.preferences).isEmpty();
    }

    // Rule 72d.
    @Test
    void preferenceIsFollowed() {
        join(kubelet, plugin.offering("a", "b", "c", "d").preferring(r -> prefers("b", "d")));

        assertThat(admitted("p", 2)).containsExactlyInAnyOrder("b", "d");
        kubelet.assertNoViolations();
    }

    // Rule 72b: called even if there is no choice.
    @Test
    void preferenceIsAskedForEvenWithoutAChoice() {
        join(kubelet, plugin.offering("a", "b").preferring(r -> prefers("a", "b")));

        admitted("p", 2);

        assertThat(plugin.preferences).hasSize(1);
    }

    // Rule 72c, with must-include from an init container's devices.
    @Test
    void requestCarriesAllFreeAndTakenIdsAndTheTotalSize() {
        join(
                kubelet,
                plugin.offering("a", "b", "c", "d").preferring(r -> PreferredAllocationResponse.getDefaultInstance()));
        PodSpecification pod = PodSpecification.of("p", ContainerSpecification.of("app", Map.of(RESOURCE, 3)))
                .withInitContainers(ContainerSpecification.of("init", Map.of(RESOURCE, 1)));

        Set<String> init = kubelet.admit(pod).containers().get("init").ids(RESOURCE);

        ContainerPreferredAllocationRequest request = plugin.preferences.get(1).getContainerRequests(0);
        assertThat(request.getAvailableDeviceIDsList()).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(request.getMustIncludeDeviceIDsList()).containsExactlyElementsOf(init);
        assertThat(request.getAllocationSize()).isEqualTo(3);
        kubelet.assertNoViolations();
    }

    // Rule 72b: not called if re-usable devices cover the need.
    @Test
    void preferenceIsNotAskedForWhenInitDevicesSuffice() {
        join(kubelet, plugin.offering("a", "b").preferring(r -> PreferredAllocationResponse.getDefaultInstance()));
        PodSpecification pod = PodSpecification.of("p", ContainerSpecification.of("app", Map.of(RESOURCE, 1)))
                .withInitContainers(ContainerSpecification.of("init", Map.of(RESOURCE, 1)));

        kubelet.admit(pod).containers();

        assertThat(plugin.preferences).hasSize(1);
    }

    // Rule 72d: [ZZ, C] for size 2 gave C plus a random one.
    @Test
    void unknownIdsAreIgnoredAndTooFewAreToppedUp() {
        join(kubelet, plugin.offering("A", "B", "C", "D").preferring(r -> prefers("ZZ", "C")));

        assertThat(admitted("p", 2)).hasSize(2).contains("C").isSubsetOf("A", "B", "C", "D");
        assertViolation(kubelet, ViolationKind.BAD_PREFERENCE);
    }

    // Rule 72d: too many are cut.
    @Test
    void tooManyPreferredIdsAreCut() {
        join(kubelet, plugin.offering("a", "b", "c", "d").preferring(r -> prefers("a", "b", "c")));

        assertThat(admitted("p", 2)).hasSize(2).isSubsetOf("a", "b", "c");
        assertViolation(kubelet, ViolationKind.BAD_PREFERENCE);
    }

    // Rule 72e: no entry and an empty entry both mean "no preference".
    @Test
    void emptyPreferenceIsNoPreference() {
        join(kubelet, plugin.offering("a", "b", "c").preferring(r -> prefers()));

        assertThat(admitted("p", 2)).hasSize(2);
        kubelet.assertNoViolations();
    }

    // Rule 72e.
    @Test
    void errorOfThePreferenceFailsThePod() {
        join(kubelet, plugin.offering("a", "b").preferring(r -> {
            throw Status.INTERNAL.withDescription("cannot choose").asRuntimeException();
        }));

        AdmissionResult result = kubelet.admit(PodSpecification.of("p", RESOURCE, 1));

        assertThat(result)
                .isInstanceOfSatisfying(
                        Rejected.class,
                        r -> assertThat(r.message())
                                .contains(
                                        "device plugin GetPreferredAllocation rpc failed with err: rpc error: code = Internal desc ="
                                                + " cannot choose"));
        assertThat(plugin.allocations).isEmpty();
    }

    // Rule 74.
    @Test
    void preStartIsCalledBeforeEveryStartWithAllIds() {
        join(kubelet, plugin.offering("a", "b").preStart());
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 2);
        kubelet.admit(pod).containers();

        Stream.of(1, 2, 3)
                .forEach(i -> assertThat(kubelet.restartContainer(pod, "main")).isInstanceOf(Started.class));

        assertThat(kubelet.calls().of(Rpc.PRE_START_CONTAINER, RESOURCE))
                .hasSize(3)
                .allSatisfy(call -> assertThat(call.ids()).containsExactlyInAnyOrder("a", "b"));
        assertThat(plugin.allocations).hasSize(1);
    }

    // Fact 7: only PreStartContainer has a limit, 30 s.
    @Test
    void preStartHasThirtySecondsAndTheOthersNoLimit() {
        AtomicReference<Deadline> ofPreStart = new AtomicReference<>();
        List<Optional<Deadline>> ofOthers = new CopyOnWriteArrayList<>();
        join(kubelet, plugin.offering("a", "b").preStart().preferring(r -> {
            ofOthers.add(Optional.ofNullable(Context.current().getDeadline()));
            return prefers();
        }));
        plugin.onAllocate = r -> {
            ofOthers.add(Optional.ofNullable(Context.current().getDeadline()));
            return ScriptedPlugin.plainAnswer(r);
        };
        plugin.onPreStart = r -> {
            ofPreStart.set(Context.current().getDeadline());
            return PreStartContainerResponse.getDefaultInstance();
        };
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);

        kubelet.admit(pod).containers();
        kubelet.startContainer(pod, "main");

        assertThat(ofOthers).containsExactly(Optional.empty(), Optional.empty());
        assertThat(ofPreStart.get().timeRemaining(TimeUnit.SECONDS)).isBetween(10L, 30L);
    }

    // Rule 75.
    @Test
    void errorOfPreStartIsNotFinal() {
        join(kubelet, plugin.offering("a").preStart());
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();
        plugin.onPreStart = r -> {
            throw Status.INTERNAL.withDescription("reset failed").asRuntimeException();
        };

        StartResult first = kubelet.startContainer(pod, "main");
        plugin.onPreStart = r -> PreStartContainerResponse.getDefaultInstance();

        assertThat(first)
                .isEqualTo(
                        new ConfigError(
                                "device plugin PreStartContainer rpc failed with err: rpc error: code = Internal desc = reset failed"));
        assertThat(kubelet.startContainer(pod, "main")).isInstanceOf(Started.class);
    }

    // Rule 76.
    @Test
    void preStartsOfTwoContainersOverlap() throws Exception {
        join(kubelet, plugin.offering("a", "b").preStart());
        CountDownLatch bothInside = new CountDownLatch(2);
        plugin.onPreStart = r -> {
            bothInside.countDown();
            await().atMost(SOON).until(() -> bothInside.getCount() == 0);
            return PreStartContainerResponse.getDefaultInstance();
        };
        PodSpecification pod = PodSpecification.of(
                "p",
                ContainerSpecification.of("one", Map.of(RESOURCE, 1)),
                ContainerSpecification.of("two", Map.of(RESOURCE, 1)));
        kubelet.admit(pod).containers();
        ExecutorService workers = Executors.newFixedThreadPool(2);

        List<StartResult> results =
                Stream.of("one", "two")
                        .map(name -> workers.submit(() -> kubelet.startContainer(pod, name)))
                        .toList()
                        .stream()
                        .map(future -> {
                            try {
                                return future.get();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        })
                        .toList();
        workers.shutdown();

        assertThat(results).allMatch(Started.class::isInstance);
    }

    // Rule 77: within the grace period the start fails.
    @Test
    void startFailsWhileThePluginIsAway() {
        join(kubelet, plugin.offering("a").preStart());
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();
        plugin.stopServing();
        counts(kubelet, 1, 0);

        assertThat(kubelet.startContainer(pod, "main"))
                .isInstanceOfSatisfying(
                        ConfigError.class, e -> assertThat(e.message()).contains("has been stopped"));
    }

    // Rule 77: right after a kubelet restart the options are unknown, so the call is skipped.
    @Test
    void preStartIsSkippedRightAfterAKubeletRestart() {
        join(kubelet, plugin.offering("a").preStart());
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();
        kubelet.startContainer(pod, "main");

        kubelet.restart();

        assertThat(kubelet.restartContainer(pod, "main")).isInstanceOf(Started.class);
        assertThat(kubelet.calls().count(Rpc.PRE_START_CONTAINER, RESOURCE)).isEqualTo(1);
    }
}
