package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.Allocation.Cdi;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CdiFilesTest {
    private static final String SERIAL = "example.com/serial";
    private static final String CAMERA = "example.com/camera";
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private final InventoryStore store = new InventoryStore();
    private final AtomicInteger troubles = new AtomicInteger();
    private CdiFiles files;

    @AfterEach
    void close() {
        files.close();
    }

    @Test
    void aDeviceIsInItsFileBeforeItIsHandedOut() throws Exception {
        start(NEVER, cdi(SERIAL));
        AtomicInteger seen = new AtomicInteger();
        Device device = device("a", "/dev/ttyUSB0");
        assertThat(files.names(SERIAL).awaits(device)).isTrue();
        store.onChange(inventory -> {
            assertThat(files.names(SERIAL).awaits(device)).isFalse();
            seen.incrementAndGet();
        });
        found(device);
        assertThat(seen).hasValue(1);
        assertThat(Files.readString(onlyFile())).contains("\"a\"", "/dev/ttyUSB0");
        assertThat(CdiRules.broken(Files.readString(onlyFile()))).isEmpty();
        assertThat(files.names(SERIAL).nameOf(device)).contains("example.com/serial=a");
    }

    @Test
    void theAnswerHasTheNameInsteadOfTheNodes() throws Exception {
        start(NEVER, cdi(SERIAL));
        Device device = device("a", "/dev/ttyUSB0");
        found(device);
        Allocator allocator = new Allocator(cdi(SERIAL), files.names(SERIAL), Optional.empty());
        Grant grant = allocator.allocate(allocator.devices(store.current()), List.of("a"));
        assertThat(grant.cdiNames()).containsExactly("example.com/serial=a");
        assertThat(grant.nodes()).isEmpty();
    }

    @Test
    void aDeviceThatComesBackUnderAnotherNodeIsRightAtOnce() throws Exception {
        start(NEVER, cdi(SERIAL));
        found(device("a", "/dev/ttyUSB0"));
        found(device("a", "/dev/ttyUSB7"));
        assertThat(Files.readString(onlyFile())).contains("/dev/ttyUSB7").doesNotContain("/dev/ttyUSB0");
        assertThat(files.names(SERIAL).nameOf(device("a", "/dev/ttyUSB0"))).isEmpty();
    }

    @Test
    void aDeviceThatIsGoneIsTakenOutAndTheLastOneTakesTheFileWithIt() throws Exception {
        start(NEVER, cdi(SERIAL));
        found(device("a", "/dev/ttyUSB0"), device("b", "/dev/ttyUSB1"));
        found(device("a", "/dev/ttyUSB0"), lost("b"));
        await().until(() -> !Files.readString(onlyFile()).contains("\"b\""));
        found(lost("a"), lost("b"));
        await().until(() -> list().isEmpty());
    }

    @Test
    void nothingIsWrittenWhileNothingChanges() throws Exception {
        start(NEVER, cdi(SERIAL));
        found(device("a", "/dev/ttyUSB0"));
        Object inode = Files.getAttribute(onlyFile(), "unix:ino");
        found(device("a", "/dev/ttyUSB0").withProbe(Health.present(START)));
        files.close();
        start(NEVER, cdi(SERIAL));
        files.inventoryChanged();
        assertThat(Files.getAttribute(onlyFile(), "unix:ino")).isEqualTo(inode);
        assertThat(files.names(SERIAL).nameOf(device("a", "/dev/ttyUSB0"))).isPresent();
    }

    @Test
    void whereTheFileCannotBeWrittenContainersGetNodesAndTheReasonIsTold() throws Exception {
        Path obstacle = Files.writeString(directory.resolve("file"), "");
        directory = obstacle.resolve("cdi");
        start(Duration.ofMillis(20), cdi(SERIAL));
        Device device = device("a", "/dev/ttyUSB0");
        found(device);
        assertThat(files.trouble(SERIAL))
                .hasValueSatisfying(text ->
                        assertThat(text).contains("cannot be written", directory.toString(), "mounted and writable"));
        assertThat(troubles).hasValue(1);
        Allocator allocator = new Allocator(cdi(SERIAL), files.names(SERIAL), Optional.empty());
        assertThat(allocator.offers(device)).isTrue();
        assertThat(allocator
                        .allocate(allocator.devices(store.current()), List.of("a"))
                        .nodes())
                .hasSize(1);
        Files.delete(obstacle);
        await().until(() -> files.trouble(SERIAL).isEmpty());
        assertThat(troubles).hasValue(2);
        assertThat(files.names(SERIAL).nameOf(device)).isPresent();
    }

    @Test
    void aFileThatSomebodyElseRemovedOrChangedIsWrittenAgain() throws Exception {
        start(Duration.ofMillis(20), cdi(SERIAL));
        found(device("a", "/dev/ttyUSB0"));
        Path file = onlyFile();
        Files.delete(file);
        await().until(() -> Files.exists(file));
        Files.writeString(file, "{}");
        await().until(() -> Files.readString(file).contains("ttyUSB0"));
    }

    @Test
    void filesOfEarlierSettingsGoOnceNobodyHoldsTheirDevices() throws Exception {
        start(NEVER, cdi(SERIAL), cdi(CAMERA));
        found(device("a", "/dev/ttyUSB0"), camera());
        Files.writeString(directory.resolve("vendor.json"), "{}");
        Files.writeString(directory.resolve(".devicemgr_lab_0-x.json.tmp"), "{");
        Files.writeString(directory.resolve("devicemgr_lab-2_0-x.json"), "{}");
        files.close();
        assertThat(list()).hasSize(5);

        start(NEVER, cdi(SERIAL));
        files.heldNow(Set.of(CAMERA, SERIAL));
        assertThat(list()).anyMatch(name -> name.endsWith("-camera.json"));
        files.heldNow(Set.of(SERIAL));
        assertThat(list())
                .hasSize(3)
                .contains("vendor.json", "devicemgr_lab-2_0-x.json")
                .anyMatch(name -> name.endsWith("-serial.json"));
    }

    @Test
    void theFileOfAnotherDeploymentThatOfferedTheResourceBeforeMakesRoom() throws Exception {
        String rival = "devicemgr_older_" + CdiFile.suffix(SERIAL);
        Files.writeString(directory.resolve(rival), "{}");
        start(NEVER, cdi(SERIAL));
        found(device("a", "/dev/ttyUSB0"));
        assertThat(list()).hasSize(1).noneMatch(rival::equals);
    }

    @Test
    void withoutCdiNothingIsWrittenAndNothingIsAwaited() throws Exception {
        DeviceResource plain = new DeviceResource(SERIAL, List.of(), null, null, null, null);
        start(NEVER, plain);
        found(device("a", "/dev/ttyUSB0"));
        assertThat(list()).isEmpty();
        assertThat(files.names(SERIAL).awaits(device("a", "/dev/ttyUSB0"))).isFalse();
        assertThat(files.names(SERIAL).nameOf(device("a", "/dev/ttyUSB0"))).isEmpty();
    }

    private void start(Duration period, DeviceResource... resources) {
        files = new CdiFiles(directory, "lab", List.of(resources), store::current, troubles::incrementAndGet, period);
        files.start();
        CdiFiles started = files;
        store.onChange(inventory -> started.inventoryChanged());
    }

    private void found(Device... devices) {
        store.update(before -> new Inventory(0, List.of(devices), List.of(), List.of()));
    }

    private List<String> list() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(list()).hasSize(1).allMatch(name -> name.matches("devicemgr_lab_[0-9a-f]{8}-serial\\.json"));
        return directory.resolve(list().get(0));
    }

    private static DeviceResource cdi(String name) {
        Allocation rule = new Allocation(null, null, null, null, null, new Cdi(true), null);
        return new DeviceResource(name, List.of(), null, null, rule, null);
    }

    private static Device device(String id, String path) {
        return device(SERIAL, id, path);
    }

    private static Device camera() {
        return device(CAMERA, "cam0", "/dev/video0");
    }

    private static Device lost(String id) {
        return device(id, "/dev/ttyUSB0").withPresence(Health.unhealthy(Reason.MISSING, "gone", START));
    }

    private static Device device(String resource, String id, String path) {
        NodeNumber number = new NodeNumber(Type.CHARACTER, 188, path.hashCode() & 0xff);
        return new Device(resource, new DeviceId(id), Hardware.node(path, path, number), Health.present(START), null);
    }
}
