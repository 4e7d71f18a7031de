package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.Allocation.Cdi;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Holder;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.api.v1alpha1.Sharing;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.StartResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pods get: shares of devices, CDI names, and devices that are made ready. */
class AllocationIT {
    private AgentScene scene;

    @BeforeEach
    void node() throws IOException {
        scene = new AgentScene();
        scene.plug("ttyUSB0", "null");
        scene.plug("ttyUSB1", "zero");
        scene.kubelet().start();
    }

    @AfterEach
    void judge() throws IOException {
        scene.judge();
    }

    @Test
    void aSharedDeviceServesSeveralPodsAndTheReportNamesThemAll() throws IOException {
        offer(new Sharing(3, false), null, null);
        scene.awaitAllocatable(SERIAL, 6);
        scene.awaitVerified();
        assertThat(scene.listed(SERIAL).keySet())
                .containsExactlyInAnyOrderElementsOf(Stream.of("ttyUSB0", "ttyUSB1")
                        .flatMap(id -> Stream.of(id + "::0", id + "::1", id + "::2"))
                        .toList());
        List<String> given = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            given.add(admitted("pod" + i, 1).devices().get(0).hostPath());
        }
        // The least shared device comes first, so they take turns.
        for (int i = 0; i < 6; i += 2) {
            assertThat(new HashSet<>(given.subList(i, i + 2))).hasSize(2);
        }
        scene.awaitReport(status -> status.devices().stream()
                .allMatch(device -> device.allocatedTo().size() == 3));
        assertThat(scene.kubelet().admit(PodSpecification.of("late", SERIAL, 1)))
                .isInstanceOf(AdmissionResult.Rejected.class);
    }

    @Test
    void twoSharesAreOfDifferentDevicesOrGiveTheNodeOnce() throws IOException {
        offer(new Sharing(3, false), null, null);
        scene.awaitAllocatable(SERIAL, 6);
        assertThat(admitted("two", 2).devices()).hasSize(2);
        ContainerDevices four = admitted("four", 4);
        assertThat(four.ids(SERIAL)).hasSize(4);
        assertThat(four.devices()).hasSize(2);
    }

    @Test
    void aPodThatAsksForTwoSharesIsToldWhatToChange() throws IOException {
        offer(new Sharing(3, true), null, null);
        scene.awaitAllocatable(SERIAL, 6);
        AdmissionResult result = scene.kubelet().admit(PodSpecification.of("greedy", SERIAL, 2));
        assertThat(result)
                .isInstanceOfSatisfying(
                        AdmissionResult.Rejected.class,
                        rejected -> assertThat(rejected.message())
                                .contains("asks for 2 of example.com/serial", "failRequestsGreaterThanOne"));
    }

    @Test
    void aDeviceOfWhichAnyShareIsHeldIsNotReplaced() throws IOException {
        offer(new Sharing(2, false), null, null);
        scene.awaitAllocatable(SERIAL, 4);
        scene.awaitVerified();
        admitted("one", 1);
        admitted("two", 1);
        scene.awaitReport(status -> status.devices().stream()
                .noneMatch(device -> device.allocatedTo().isEmpty()));
        scene.unplug("ttyUSB0");
        scene.plug("ttyUSB0", "full");
        scene.awaitListed(
                SERIAL,
                Map.of(
                        "ttyUSB0::0",
                        "Unhealthy",
                        "ttyUSB0::1",
                        "Unhealthy",
                        "ttyUSB1::0",
                        "Healthy",
                        "ttyUSB1::1",
                        "Healthy"));
    }

    @Test
    void sharesThatArePutAwayStayListedWhileAPodHoldsThem() throws IOException {
        offer(new Sharing(1, false), null, null);
        scene.awaitAllocatable(SERIAL, 2);
        scene.awaitVerified();
        Set<String> held = admitted("holder", 1).ids(SERIAL);
        scene.awaitReport(status -> status.devices().stream()
                .anyMatch(device -> device.allocatedTo().equals(List.of(new Holder("default", "holder", "main")))));
        scene.stopAgent();
        offer(new Sharing(2, false), null, null);
        // Two shares of each, less the one that stands for the holder of old.
        scene.awaitAllocatable(SERIAL, 3);
        await().until(() -> held.stream()
                .allMatch(id -> "Unhealthy".equals(scene.listed(SERIAL).get(id))));
        scene.awaitReport(status -> status.devices().stream()
                .anyMatch(device -> device.allocatedTo().equals(List.of(new Holder("default", "holder", "main")))));
    }

    @Test
    void withCdiAPodGetsNamesWhoseFileIsThere() throws IOException {
        Allocation rule =
                new Allocation(null, null, Map.of("PORTS", "$(DEVICE_PATHS)"), null, null, new Cdi(true), null);
        offer(null, rule, null);
        scene.awaitAllocatable(SERIAL, 2);
        ContainerDevices given = admitted("pod", 2);
        assertThat(given.cdiNames())
                .containsExactlyInAnyOrder("example.com/serial=ttyUSB0", "example.com/serial=ttyUSB1");
        assertThat(given.devices()).isEmpty();
        assertThat(given.env()).containsEntry("PORTS", "/dev/ttyUSB0,/dev/ttyUSB1");
        assertThat(cdiFiles()).hasSize(1);
        String text = Files.readString(cdiFiles().iterator().next());
        assertThat(text).contains("\"kind\":\"example.com/serial\"", "\"ttyUSB0\"", "\"ttyUSB1\"");
        scene.unplug("ttyUSB1");
        await().until(() -> !Files.readString(cdiFiles().iterator().next()).contains("ttyUSB1"));
        scene.stopAgent();
        assertThat(cdiFiles()).hasSize(1);
    }

    @Test
    void aCdiDirectoryThatCannotBeWrittenIsTold() throws IOException {
        Files.writeString(scene.root().resolve("cdi"), "");
        offer(null, new Allocation(null, null, null, null, null, new Cdi(true), null), null);
        scene.awaitAllocatable(SERIAL, 2);
        assertThat(admitted("pod", 1).devices()).hasSize(1);
        scene.awaitReport(status -> status.resources().stream()
                .anyMatch(resource ->
                        resource.lastError() != null && resource.lastError().contains("cannot be written")));
    }

    @Test
    void aContainerStartsWhenItsDevicesAreReady() throws IOException {
        Path out = scene.root().resolve("out");
        Path broken = scene.root().resolve("broken");
        offer(
                null,
                null,
                new Preparation(
                        Reset.None,
                        List.of("/bin/sh", "-c", "test ! -e " + broken + " && echo $0 >> " + out, "$(DEVICE_ID)")));
        scene.awaitAllocatable(SERIAL, 2);
        PodSpecification pod = PodSpecification.of("pod", SERIAL, 2);
        scene.kubelet().admit(pod).containers();
        assertThat(scene.kubelet().startContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(out).hasContent("ttyUSB0\nttyUSB1");
        Files.createFile(broken);
        assertThat(scene.kubelet().restartContainer(pod, "main"))
                .isInstanceOfSatisfying(
                        StartResult.ConfigError.class,
                        error -> assertThat(error.message())
                                .contains(
                                        "device 'ttyUSB0' of example.com/serial is not prepared",
                                        "/bin/sh ended with 1"));
        Files.delete(broken);
        assertThat(scene.kubelet().restartContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(Files.readAllLines(out)).hasSize(4);
    }

    @Test
    void withoutPreparationTheKubeletDoesNotAsk() throws IOException {
        offer(null, null, null);
        scene.awaitAllocatable(SERIAL, 2);
        PodSpecification pod = PodSpecification.of("pod", SERIAL, 1);
        scene.kubelet().admit(pod).containers();
        scene.kubelet().startContainer(pod, "main");
        assertThat(scene.kubelet().calls().of(Rpc.PRE_START_CONTAINER, SERIAL)).isEmpty();
        assertThat(scene.kubelet().calls().of(Rpc.GET_PREFERRED_ALLOCATION, SERIAL))
                .isEmpty();
    }

    private ContainerDevices admitted(String pod, int count) {
        return scene.kubelet()
                .admit(PodSpecification.of(pod, SERIAL, count))
                .containers()
                .get("main");
    }

    private void offer(Sharing sharing, Allocation rule, Preparation preparation) throws IOException {
        DeviceResource resource = new DeviceResource(
                SERIAL, List.of(DeviceSelector.path("/dev/ttyUSB*")), sharing, null, rule, preparation);
        scene.startAgent(new AgentSettings("lab", "uid", null, false, List.of(resource), null));
    }

    private Set<Path> cdiFiles() throws IOException {
        try (Stream<Path> files = Files.list(scene.root().resolve("cdi"))) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .collect(Collectors.toSet());
        }
    }
}
