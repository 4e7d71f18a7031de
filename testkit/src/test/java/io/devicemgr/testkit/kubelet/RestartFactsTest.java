package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.devicemgr.testkit.kubelet.AdmissionResult.Admitted;
import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Ends and restarts of plugin, kubelet and node as they were seen with v1.36.2 (contract 1.I). */
class RestartFactsTest extends KubeletScene {
    /** The common pool has a single thread on a machine with two processors. */
    private static final Executor THREAD_OF_ITS_OWN = task -> new Thread(task).start();

    private final SimulatedKubelet kubelet = kubelet();
    private final ScriptedPlugin plugin = plugin(kubelet).offering("a", "b");
    private final PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);

    // Rules 79 and 80: strictly later than five minutes.
    @Test
    void resourceIsZeroedFiveMinutesAfterItsPluginWentAndKeepsItsKey() {
        join(kubelet, plugin);
        plugin.stopServing();
        counts(kubelet, 2, 0);

        clock.advance(Duration.ofMinutes(5));
        assertThat(kubelet.statusTick()).containsEntry(RESOURCE, new DeviceCount(2, 0));
        clock.advance(Duration.ofSeconds(1));

        assertThat(kubelet.statusTick()).containsEntry(RESOURCE, new DeviceCount(0, 0));
        assertThat(kubelet.nodeStatus()).containsKey(RESOURCE);
    }

    // Rule 81.
    @Test
    void registrationAfterTheGraceRestoresTheResource() {
        join(kubelet, plugin);
        plugin.stopServing();
        counts(kubelet, 2, 0);
        clock.advance(Duration.ofMinutes(6));
        counts(kubelet, 0, 0);

        join(kubelet, plugin);

        counts(kubelet, 2, 2);
        assertThat(kubelet.admit(pod)).isInstanceOf(Admitted.class);
    }

    // Rule 81.
    @Test
    void whileThePluginIsAwayPodsAreRejected() {
        join(kubelet, plugin);
        plugin.stopServing();
        counts(kubelet, 2, 0);

        assertThat(kubelet.admit(pod))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        r -> assertThat(r.message())
                                .contains("no healthy devices present; cannot allocate unhealthy devices " + RESOURCE));
    }

    // e2e device_plugin_failures_test.go:257.
    @Test
    void listAndWatchThatEndsAtOnceLeavesZeroAndIsNeverRetried() {
        plugin.silent().serve();
        plugin.register();
        await().atMost(SOON).until(() -> plugin.streams() == 1);

        plugin.stopServing();

        counts(kubelet, 0, 0);
        assertThat(kubelet.calls().count(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE))
                .isEqualTo(1);
        assertThat(kubelet.calls().count(Rpc.LIST_AND_WATCH, RESOURCE)).isEqualTo(1);
    }

    // Rule 7.
    @Test
    void startRemovesSocketsAndLinksToThemButNothingElse() throws IOException {
        Path directory = kubelet.options().devicePluginsDir();
        kubelet.stop();
        socket(directory.resolve("old.sock"));
        socket(directory.resolve(".hidden.sock"));
        socket(Files.createDirectory(directory.resolve("sub")).resolve("deep.sock"));
        Files.createSymbolicLink(
                directory.resolve("link.sock"), directory.resolve("sub").resolve("deep.sock"));
        Files.writeString(directory.resolve("note.txt"), "keep me");

        kubelet.start();

        try (var left = Files.list(directory)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder("sub", "note.txt", "kubelet.sock");
        }
        assertThat(directory.resolve("sub").resolve("deep.sock")).exists();
    }

    private static void socket(Path path) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
    }

    // Rule 13.
    @Test
    void directoryIsCreatedForRootOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(kubelet.options().devicePluginsDir())))
                .isEqualTo("rwxr-x---");
    }

    // Fact 10.
    @Test
    void registeringWithoutANewSocketAfterTheRestartFails() {
        join(kubelet, plugin);
        kubelet.restart();

        assertThat(plugin.socket).doesNotExist();
        givingUpSoon(kubelet);
        assertThatThrownBy(plugin::register)
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("failed to dial device plugin");
    }

    // Fact 10: who is too early loses the fresh socket as well.
    @Test
    void socketMadeBeforeTheLateCleanUpIsLost() {
        join(kubelet, plugin);

        kubelet.restart(() -> {
            await().atMost(SOON).until(() -> plugin.cancelledStreams.get() == 1);
            plugin.stopServing();
            plugin.serve();
            assertThat(plugin.socket).exists();
        });

        assertThat(plugin.socket).doesNotExist();
        givingUpSoon(kubelet);
        assertThatThrownBy(plugin::register).hasMessageContaining("failed to dial device plugin");
    }

    // Rule 86.
    @Test
    void stopRemovesTheKubeletSocketAndKillLeavesIt() {
        kubelet.kill();
        assertThat(kubelet.options().kubeletSocket()).exists();
        kubelet.start();
        kubelet.stop();
        assertThat(kubelet.options().kubeletSocket()).doesNotExist();
    }

    // Rule 86: what a plugin watches for is the creation of kubelet.sock, and only a start makes that happen.
    @Test
    void watcherOfTheDirectorySeesKubeletSockCreatedOnceAtAStart() throws Exception {
        Path directory = kubelet.options().devicePluginsDir();
        try (WatchService watcher = directory.getFileSystem().newWatchService()) {
            directory.register(watcher, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
            kubelet.kill();
            Files.writeString(directory.resolve("marker"), "everything before this came from the kill");
            assertThat(events(watcher, "marker")).containsExactly("ENTRY_CREATE marker");

            kubelet.start();
            Files.writeString(directory.resolve("marker2"), "");
            assertThat(events(watcher, "marker2"))
                    .containsExactly("ENTRY_DELETE kubelet.sock", "ENTRY_CREATE kubelet.sock", "ENTRY_CREATE marker2");
        }
    }

    private static List<String> events(WatchService watcher, String last) throws InterruptedException {
        List<String> events = new ArrayList<>();
        while (events.isEmpty() || !events.get(events.size() - 1).endsWith(" " + last)) {
            WatchKey key = watcher.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(key).as("events so far: %s", events).isNotNull();
            key.pollEvents().forEach(event -> events.add(event.kind().name() + " " + event.context()));
            key.reset();
        }
        return events;
    }

    // Section 2.3: a kubelet that dies in the middle of an admission has decided nothing.
    @Test
    void admissionThatTheKubeletDidNotSurviveCanBeRepeated() {
        join(kubelet, plugin);
        CountDownLatch released = new CountDownLatch(1);
        plugin.onAllocate = request -> {
            await().atMost(SOON).until(() -> released.getCount() == 0);
            return ScriptedPlugin.plainAnswer(request);
        };
        CompletableFuture<AdmissionResult> cut =
                CompletableFuture.supplyAsync(() -> kubelet.admit(pod), THREAD_OF_ITS_OWN);
        kubelet.calls().await(Rpc.ALLOCATE, RESOURCE, 1, SOON);

        kubelet.restart();

        assertThatThrownBy(cut::join).hasMessageContaining("admit it again after the restart");
        released.countDown();
        plugin.stopServing();
        join(kubelet, plugin);
        assertThat(kubelet.admit(pod)).isInstanceOf(Admitted.class);
    }

    // Rule 87.
    @Test
    void lossOfThePluginSocketAloneIsNotNoticedUntilTheNextRegister() {
        join(kubelet, plugin);

        kubelet.faults().deletePluginSocket(RESOURCE);

        counts(kubelet, 2, 2);
        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(1);
        givingUpSoon(kubelet);
        assertThatThrownBy(plugin::register).hasMessageContaining("failed to dial device plugin");
    }

    // Rule 88.
    @Test
    void afterARestartTheResourceIsThereWithoutDevicesAndHasFiveMinutes() {
        join(kubelet, plugin);
        counts(kubelet, 2, 2);

        kubelet.restart();

        counts(kubelet, 0, 0);
        assertThat(kubelet.admit(pod))
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.message()).contains("no healthy devices present"));
        clock.advance(Duration.ofMinutes(5).plusSeconds(1));
        kubelet.statusTick();
        assertThat(kubelet.admit(pod))
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.reason()).isEqualTo("OutOf" + RESOURCE));
    }

    // Rule 89.
    @Test
    void readmissionFailsWhenTheHeldDeviceIsNoLongerHealthy() {
        join(kubelet, plugin);
        String held = kubelet.admit(pod)
                .containers()
                .get("main")
                .ids(RESOURCE)
                .iterator()
                .next();
        String other = held.equals("a") ? "b" : "a";

        kubelet.restart();
        plugin.stopServing();
        plugin.offering(List.of(ScriptedPlugin.device(held, "Unhealthy"), ScriptedPlugin.device(other, "Healthy")));
        join(kubelet, plugin);

        assertThat(kubelet.readmitPods().get(pod.uid()))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        r -> assertThat(r.message())
                                .contains(
                                        "previously allocated devices are no longer healthy; cannot allocate unhealthy"
                                                + " devices " + RESOURCE));
    }

    // Rule 68: what runs is left alone when the kubelet comes back before the plugin.
    @Test
    void runningContainersSurviveAKubeletRestartWithoutPlugin() {
        join(kubelet, plugin);
        ContainerDevices given = kubelet.admit(pod).containers().get("main");
        kubelet.startContainer(pod, "main");

        kubelet.restart();

        assertThat(kubelet.readmitPods().get(pod.uid()).containers().get("main"))
                .isEqualTo(given);
    }

    // Rule 90, e2e device_plugin_test.go:938.
    @Test
    void afterANodeRebootPodsFailWhenThePluginIsLate() {
        join(kubelet, plugin);
        kubelet.admit(pod).containers();
        kubelet.startContainer(pod, "main");

        kubelet.reboot();

        assertThat(kubelet.readmitPods().get(pod.uid())).isInstanceOfSatisfying(Rejected.class, r -> {
            assertThat(r.reason()).isEqualTo("UnexpectedAdmissionError");
            assertThat(r.message()).contains("no healthy devices present; cannot allocate unhealthy devices");
        });
    }

    // Rule 91.
    @Test
    void checkpointHasTheShapeOfTheRealOne() throws IOException {
        join(kubelet, plugin);
        ContainerDevices given = kubelet.admit(pod).containers().get("main");

        JsonNode file = new ObjectMapper()
                .readTree(kubelet.options()
                        .devicePluginsDir()
                        .resolve("kubelet_internal_checkpoint")
                        .toFile());

        assertThat(file.fieldNames()).toIterable().containsExactly("Data", "Checksum");
        assertThat(file.path("Checksum").isIntegralNumber()).isTrue();
        JsonNode entry = file.at("/Data/PodDeviceEntries/0");
        assertThat(entry.path("PodUID").asText()).isEqualTo(pod.uid());
        assertThat(entry.path("ContainerName").asText()).isEqualTo("main");
        assertThat(entry.path("ResourceName").asText()).isEqualTo(RESOURCE);
        assertThat(entry.at("/DeviceIDs/-1/0").asText())
                .isEqualTo(given.ids(RESOURCE).iterator().next());
        assertThat(entry.path("AllocResp").asText()).isBase64();
        assertThat(file.at("/Data/RegisteredDevices").path(RESOURCE)).hasSize(2);
    }

    // Rule 7: without any file in the directory the node counts as a new one.
    @Test
    void nodeWithoutCheckpointStartsFromZero() throws IOException {
        join(kubelet, plugin);
        counts(kubelet, 2, 2);
        kubelet.stop();
        Files.delete(kubelet.options().devicePluginsDir().resolve("kubelet_internal_checkpoint"));

        kubelet.start();

        assertThat(kubelet.nodeStatus()).containsEntry(RESOURCE, new DeviceCount(0, 0));
    }

    @Test
    void nodeStatusListenerHearsEveryTick() {
        join(kubelet, plugin);
        List<Object> heard = new ArrayList<>();
        kubelet.onNodeStatus(heard::add);

        kubelet.statusTick();

        assertThat(heard).containsExactly(Map.of(RESOURCE, new DeviceCount(2, 2)));
    }

    @Test
    void nodeStatusIsUpdatedByItselfWhenAnIntervalIsSet() {
        kubelet.stop();
        SimulatedKubelet ticking = kubelet(o -> o.withStatusInterval(Duration.ofMillis(20)));
        ScriptedPlugin served = plugin(ticking).offering("a").serve();

        served.register();

        await().atMost(SOON).until(() -> ticking.allocatable().getOrDefault(RESOURCE, 0) == 1);
        assertThat(ticking.capacity()).containsEntry(RESOURCE, 1);
    }
}
