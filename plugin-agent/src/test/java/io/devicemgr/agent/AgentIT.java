package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Holder;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.PodSpecification;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A day of an agent on a node where nothing is wrong with the kubelet. */
@Execution(ExecutionMode.CONCURRENT)
class AgentIT extends AgentScenario {
    @BeforeEach
    void kubelet() throws IOException {
        scene.plug("ttyUSB1", "zero");
        scene.kubelet().start();
    }

    /** Rules 1, 9, 18. */
    @Test
    void devicesAreOfferedAndTheReportSaysSo() throws Exception {
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 2);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
        NodeDeviceReportStatus report =
                scene.awaitReport(status -> status.devices().size() == 3);
        assertThat(report.summary().devices()).isEqualTo("3/3");
        assertThat(report.summary().registered()).isEqualTo("2/2");
        assertThat(report.kubeletSocket()).isEqualTo(KubeletSocket.Present);
        assertThat(report.resources())
                .allSatisfy(resource -> assertThat(resource.lastError()).isNull());
        assertThat(scene.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(scene.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        assertThat(scene.pluginSockets())
                .hasSize(2)
                .allMatch(name -> name.matches("dp-[0-9a-f]{8}-[0-9a-z]{6}\\.sock"));
    }

    /** Rule 69. */
    @Test
    void aPodGetsItsDevicesAndTheReportNamesIt() throws IOException {
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 2);
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 2);
        ContainerDevices given = scene.kubelet().admit(pod).containers().get("main");
        assertThat(given.devices())
                .containsExactlyInAnyOrder(
                        new DeviceNode("/dev/ttyUSB0", "/dev/ttyUSB0", "rw"),
                        new DeviceNode("/dev/ttyUSB1", "/dev/ttyUSB1", "rw"));
        assertThat(given.env()).containsEntry("PORTS", "/dev/ttyUSB0,/dev/ttyUSB1");
        scene.awaitReport(status -> serials(status)
                .allMatch(device -> device.allocatedTo().equals(List.of(new Holder("default", "logger", "main")))));
    }

    /** Rules 40, 42, 47, 99e. */
    @Test
    void aDeviceThatIsUnpluggedIsUnhealthyUntilItIsBack() throws IOException {
        scene.startAgent();
        scene.awaitVerified();
        scene.awaitAllocatable(SERIAL, 2);
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitReport(status -> has(status, "ttyUSB0", DeviceHealth.Unhealthy, DeviceReason.Missing));
        scene.plug("ttyUSB0", "null");
        scene.awaitAllocatable(SERIAL, 2);
        scene.awaitReport(status -> has(status, "ttyUSB0", DeviceHealth.Healthy, DeviceReason.Present));
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
    }

    @Test
    void aDeviceThatComesLaterIsOffered() throws IOException {
        scene.startAgent();
        scene.awaitAllocatable(CAMERA, 1);
        scene.plug("cam1", "random");
        scene.awaitAllocatable(CAMERA, 2);
    }

    /** Rule 48. */
    @Test
    void anotherDeviceUnderThePathIsNotHandedOutWhileAPodHoldsTheFirst() throws IOException {
        scene.startAgent();
        scene.awaitVerified();
        scene.awaitAllocatable(CAMERA, 1);
        scene.kubelet().admit(PodSpecification.of("viewer", CAMERA, 1)).containers();
        scene.unplug("cam0");
        scene.plug("cam0", "random");
        scene.awaitReport(status -> has(status, "cam0", DeviceHealth.Unhealthy, DeviceReason.Replaced)
                && status.devices().stream()
                        .anyMatch(device -> device.id().equals("cam0")
                                && !device.allocatedTo().isEmpty()));
        scene.awaitListed(CAMERA, Map.of("cam0", "Unhealthy"));
    }

    @Test
    void anotherDeviceUnderThePathTakesThePlaceOfOneThatNobodyHolds() throws IOException {
        scene.startAgent();
        scene.awaitVerified();
        scene.awaitAllocatable(CAMERA, 1);
        scene.unplug("cam0");
        scene.plug("cam0", "random");
        scene.awaitReport(status -> has(status, "cam0", DeviceHealth.Unhealthy, DeviceReason.Replaced));
        scene.awaitReport(status -> has(status, "cam0", DeviceHealth.Healthy, DeviceReason.Present));
        scene.awaitAllocatable(CAMERA, 1);
    }

    /** Rules 62, 63. */
    @Test
    void anUnhealthyDeviceIsRefusedByName() throws IOException {
        scene.startAgent();
        scene.awaitVerified();
        scene.awaitAllocatable(SERIAL, 2);
        scene.kubelet().faults().stallReader(SERIAL);
        scene.unplug("ttyUSB0");
        scene.unplug("ttyUSB1");
        scene.awaitReport(status -> has(status, "ttyUSB0", DeviceHealth.Unhealthy, DeviceReason.Missing)
                && has(status, "ttyUSB1", DeviceHealth.Unhealthy, DeviceReason.Missing));
        AdmissionResult result = scene.kubelet().admit(PodSpecification.of("late", SERIAL, 1));
        if (result instanceof AdmissionResult.Rejected rejected) {
            assertThat(rejected.message())
                    .containsAnyOf("/dev/ttyUSB0 is not there", "/dev/ttyUSB1 is not there", "unhealthy");
        } else {
            throw new AssertionError("A device that has gone was handed out: " + result);
        }
        scene.kubelet().faults().resumeReader(SERIAL);
        scene.awaitAllocatable(SERIAL, 0);
    }

    /** Rule 51. */
    @Test
    void aStalledReaderGetsOnlyTheNewestList() throws IOException {
        scene.startAgent();
        scene.awaitVerified();
        scene.awaitAllocatable(SERIAL, 2);
        scene.kubelet().faults().stallReader(SERIAL);
        for (int i = 2; i < 8; i++) {
            scene.plug(
                    "ttyUSB" + i,
                    List.of("full", "random", "urandom", "tty", "ptmx", "fuse").get(i - 2));
        }
        scene.unplug("ttyUSB0");
        scene.kubelet().faults().resumeReader(SERIAL);
        await().until(() -> "Unhealthy".equals(scene.listed(SERIAL).get("ttyUSB0")));
    }

    /** Rules 6, 92. */
    @Test
    void anOrderlyStopLeavesNoSocketAndNoUnhealthyList() throws IOException {
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 2);
        Map<String, String> before = scene.listed(SERIAL);
        scene.stopAgent();
        assertThat(scene.pluginSockets()).isEmpty();
        assertThat(scene.listed(SERIAL)).isEqualTo(before);
        scene.awaitAllocatable(SERIAL, 0);
        assertThat(scene.kubelet().capacity()).containsEntry(SERIAL, 2);
    }

    @Test
    void nothingIsRegisteredWhenOnlyDiscoveryIsAskedFor() throws Exception {
        scene.startAgent(new AgentSettings("lab", "uid", null, true, AgentScene.resources(), null));
        NodeDeviceReportStatus report =
                scene.awaitReport(status -> status.devices().size() == 3);
        assertThat(report.resources()).hasSize(2).noneMatch(NodeDeviceReportStatus.Resource::registered);
        assertThat(scene.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(scene.pluginSockets()).isEmpty();
        assertThat(scene.kubelet().calls().all()).isEmpty();
    }

    @Test
    void anIdleAgentWritesNothing() throws IOException {
        scene.startAgent();
        scene.awaitVerified();
        int written = scene.reports().written().size();
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> scene.reports().written().size() == written);
    }

    private static boolean has(NodeDeviceReportStatus status, String id, DeviceHealth health, DeviceReason reason) {
        return status.devices().stream()
                .anyMatch(device -> device.id().equals(id) && device.health() == health && device.reason() == reason);
    }

    private static Stream<Device> serials(NodeDeviceReportStatus status) {
        return status.devices().stream().filter(device -> device.resource().equals(SERIAL));
    }
}
