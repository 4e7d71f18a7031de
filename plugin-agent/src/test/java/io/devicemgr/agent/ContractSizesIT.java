package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.kubelet.KubeletSide;
import io.devicemgr.agent.kubelet.RegistrationStatus;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Group K of docs/kubelet-contract.md with a kubelet that takes 4 MiB and no more, and more devices than that holds. */
class ContractSizesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String RESOURCE = "example.com/many";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int ID_LENGTH = 36;

    /** As many as fit when all are unhealthy: 4,194,304 / (2 + 2 + 36 + 2 + 9), rounded down. */
    private static final int MOST = 82_241;

    private final InventoryStore store = new InventoryStore();
    private Path root;
    private SimulatedKubelet kubelet;

    @BeforeEach
    void node() throws IOException {
        root = Files.createTempDirectory(Path.of("/tmp"), "many");
        for (String name : List.of("device-plugins", "pod-resources")) {
            Files.createDirectory(root.resolve(name));
        }
        kubelet = new SimulatedKubelet(SimulatedKubeletOptions.below(root));
        kubelet.start();
    }

    @AfterEach
    void judge() {
        kubelet.close();
        kubelet.assertNoViolations();
    }

    /** Rules 11 and 96. */
    @Test
    void whatDoesNotFitIsLeftOutAndSaid() {
        have(0, MOST + 1_000);
        try (DirectoryWatch watch = new DirectoryWatch();
                KubeletSide side = side(watch)) {
            side.start();
            await().atMost(LIMIT).until(() -> listed() == MOST);
            await().atMost(LIMIT)
                    .until(() -> side.statuses().get(0), status -> status.registered() && said(status, 1_000));
            have(0, MOST);
            await().atMost(LIMIT).until(() -> side.statuses().get(0).lastError() == null);
            assertThat(kubelet.registrations(RESOURCE)).isEqualTo(1);
        }
    }

    /** Rules 48 and 96: the next agent does not know what its predecessor had listed, but asks who holds it. */
    @Test
    void whatAPodHoldsIsListedByTheNextAgentToo() {
        have(MOST, 1);
        PodSpecification pod = PodSpecification.of("holder", RESOURCE, 1);
        try (DirectoryWatch watch = new DirectoryWatch();
                KubeletSide side = side(watch)) {
            side.start();
            await().atMost(LIMIT).until(() -> listed() == 1);
            kubelet.admit(pod).containers();
        }
        have(0, MOST + 1);
        try (DirectoryWatch watch = new DirectoryWatch();
                KubeletSide side = side(watch)) {
            side.start();
            await().atMost(LIMIT).until(() -> listed() == MOST);
            assertThat(kubelet.deviceHealth(pod, "main", RESOURCE)).containsValue("Healthy");
            Set<String> held = kubelet.deviceHealth(pod, "main", RESOURCE).keySet();
            assertThat(kubelet.devices(RESOURCE).orElseThrow().devices())
                    .filteredOn(device -> held.contains(device.getID()))
                    .hasSize(1);
        }
    }

    private static boolean said(RegistrationStatus status, int left) {
        return String.valueOf(status.lastError())
                .contains(left + " of " + (MOST + left)
                        + " devices are not offered: the kubelet takes lists of at most 4 MiB");
    }

    private int listed() {
        return kubelet.devices(RESOURCE).map(list -> list.devices().size()).orElse(0);
    }

    private KubeletSide side(DirectoryWatch watch) {
        Allocator allocator = new Allocator(
                new DeviceResource(RESOURCE, List.of(DeviceSelector.path("/dev/many*")), null, null, null, null));
        return new KubeletSide(
                root.resolve("device-plugins"),
                root.resolve("pod-resources/kubelet.sock"),
                Optional.empty(),
                List.of(allocator),
                store,
                watch,
                new Metrics());
    }

    private void have(int first, int count) {
        List<Device> devices = IntStream.range(first, first + count)
                .mapToObj(ContractSizesIT::device)
                .toList();
        store.update(before -> new Inventory(before.version(), devices, List.of(), List.of()));
    }

    private static Device device(int number) {
        String name = String.format("%0" + ID_LENGTH + "d", number);
        Hardware hardware =
                Hardware.node("/dev/" + name, "/dev/" + name, new NodeNumber(NodeNumber.Type.CHARACTER, 240, number));
        return new Device(RESOURCE, new DeviceId(name), hardware, Health.present(START), null);
    }
}
