package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Holder;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.api.v1alpha1.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparerTest {
    private static final String RESOURCE = "example.com/serial";
    private static final String SYSFS = "/sys/devices/usb1/1-2";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Optional<Occupancy> NOBODY = Optional.of(new Occupancy(Map.of()));

    @TempDir
    private Path sys;

    private final InventoryStore store = new InventoryStore();
    private final List<String> done = new CopyOnWriteArrayList<>();

    @BeforeEach
    void plugged() throws IOException {
        Path device = Files.createDirectories(sys.resolve(SYSFS.substring("/sys/".length())));
        Files.createSymbolicLink(device.resolve("subsystem"), Path.of("../../bus/usb"));
        found(device());
    }

    @Test
    void aUsbDeviceIsTakenAwayAndAwaited() throws Exception {
        CompletableFuture<Void> prepared = inBackground(preparer(Reset.USBReset, List.of(), 1, this::lose));
        await().until(() -> done.contains("1"));
        assertThat(done).containsExactly("0", "look", "1", "look");
        assertThat(prepared).isNotDone();
        found(device());
        assertThat(prepared).succeedsWithin(LONG);
    }

    @Test
    void aUsbDeviceThatComesBackAsAnotherIsTold() {
        Preparer preparer =
                preparer(Reset.USBReset, List.of(), 1, () -> found(absent(Reason.RENUMBERED, "back as 188:3")));
        assertRefused(preparer, NOBODY, "has not come back after its reset", "back as 188:3");
        assertThat(done).contains("1");
    }

    @Test
    void aUsbDeviceThatStaysAwayIsTold() {
        Preparer preparer = preparer(Reset.USBReset, List.of(), 1, this::lose);
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> preparer.prepare(table(), List.of("a"), NOBODY, Duration.ofMillis(50)))
                .withMessageContaining("has not come back after its reset: unplugged");
    }

    @Test
    void aCommandRunsOnceForEachDevice() throws Exception {
        Path out = sys.resolve("out");
        Preparer preparer = preparer(
                Reset.None,
                List.of(
                        "/bin/sh",
                        "-c",
                        "echo \"$@\" >> " + out,
                        "sh",
                        "$(DEVICE_PATH)",
                        "$(DEVICE_ID)",
                        "$(DEVICE_SYSFS_PATH)",
                        "$(RESOURCE_NAME)",
                        "$$x"),
                2,
                () -> {});
        preparer.prepare(table(), List.of("a::0", "a::1"), NOBODY, LONG);
        assertThat(out).hasContent("/host/dev/ttyUSB0 a " + sys.resolve("devices/usb1/1-2") + " " + RESOURCE + " $x");
        preparer.prepare(table(), List.of("a::0", "a::1"), NOBODY, LONG);
        assertThat(Files.readAllLines(out)).hasSize(2);
    }

    @Test
    void aCommandThatFailsOrHangsOrIsMissingRefusesTheStart() {
        assertRefused(
                command("/bin/sh", "-c", "echo no firmware; exit 3"), NOBODY, "/bin/sh ended with 3: no firmware");
        assertRefused(command("/not/there"), NOBODY, "/not/there", "agent.extraVolumes");
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() ->
                        command("/bin/sleep", "60").prepare(table(), List.of("a"), NOBODY, Duration.ofMillis(200)))
                .withMessageContaining("/bin/sleep did not end within 0 s and was killed");
    }

    @Test
    void aDeviceThatAnotherContainerUsesIsLeftAlone() {
        Occupancy shared = new Occupancy(Map.of("a::1", List.of(new Holder("default", "other", "main"))));
        Preparer preparer = preparer(Reset.USBReset, List.of(), 2, this::lose);
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> preparer.prepare(table(), List.of("a::0"), Optional.of(shared), LONG))
                .withMessageContaining("is used by container main of pod default/other");
        assertThat(done).isEmpty();
    }

    @Test
    void withoutPodResourcesOnlyWhatIsNotSharedIsPrepared() throws Exception {
        preparer(Reset.None, List.of("/bin/true"), 1, () -> {}).prepare(table(), List.of("a"), Optional.empty(), LONG);
        Preparer shared = preparer(Reset.None, List.of("/bin/true"), 2, () -> {});
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> shared.prepare(table(), List.of("a::0"), Optional.empty(), LONG))
                .withMessageContaining("PodResources");
    }

    @Test
    void whatIsNotThereIsNotPreparedButWhatOnlyFailsItsProbesIs() throws Exception {
        Preparer preparer = command("/bin/true");
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> preparer.prepare(table(), List.of("zz"), NOBODY, LONG))
                .withMessageContaining("no device 'zz'");
        found(device().withProbe(Health.unhealthy(Reason.OPEN_FAILED, "hangs", START)));
        preparer.prepare(table(), List.of("a"), NOBODY, LONG);
        lose();
        assertRefused(preparer, NOBODY, "Missing, unplugged");
    }

    @Test
    void twoStartsDoNotPrepareADeviceAtOnce() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Preparer preparer = preparer(Reset.USBReset, List.of(), 1, () -> {
            inside.countDown();
            hold(go);
        });
        CompletableFuture<Void> first = inBackground(preparer);
        inside.await();
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> preparer.prepare(table(), List.of("a"), NOBODY, Duration.ofMillis(50)))
                .withMessageContaining("is still being prepared");
        go.countDown();
        assertThat(first).succeedsWithin(LONG);
    }

    private CompletableFuture<Void> inBackground(Preparer preparer) {
        return CompletableFuture.runAsync(() -> {
            try {
                preparer.prepare(table(), List.of("a"), NOBODY, LONG);
            } catch (AllocationRefused | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void assertRefused(Preparer preparer, Optional<Occupancy> occupancy, String... texts) {
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> preparer.prepare(table(), List.of("a"), occupancy, LONG))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }

    private Preparer command(String... words) {
        return preparer(Reset.None, List.of(words), 1, () -> {});
    }

    private Preparer preparer(Reset kind, List<String> command, int replicas, Runnable onTaken) {
        SysfsReset reset = new SysfsReset(sys, (attribute, value) -> {
            done.add(value);
            if (value.equals("0")) {
                onTaken.run();
            }
        });
        DeviceResource resource = new DeviceResource(
                RESOURCE,
                List.of(),
                new Sharing(replicas, false),
                null,
                null,
                new Preparation(kind, new ArrayList<>(command)));
        return Preparer.of(
                        resource,
                        new Preparer.Surroundings(
                                store,
                                () -> done.add("look"),
                                new HostPaths(Path.of("/host/dev"), sys),
                                reset,
                                new Metrics()))
                .orElseThrow();
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private DeviceTable table() {
        return new DeviceTable(store.current().devices());
    }

    private void lose() {
        found(absent(Reason.MISSING, "unplugged"));
    }

    private void found(Device device) {
        store.update(before -> new Inventory(0, List.of(device), List.of(), List.of()));
    }

    private static Device absent(Reason reason, String message) {
        return device().withPresence(Health.unhealthy(reason, message, START.plusSeconds(1)));
    }

    private static Device device() {
        DeviceNode node = DeviceNode.own("/dev/ttyUSB0", "/dev/ttyUSB0", new NodeNumber(Type.CHARACTER, 188, 0));
        Hardware hardware = new Hardware("a", "a", "a", List.of(node), List.of("a"), SYSFS, null);
        return new Device(RESOURCE, new DeviceId("a"), hardware, Health.present(START), null);
    }
}
