package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HealthChecks;
import io.devicemgr.api.v1alpha1.HealthProbe;
import io.devicemgr.api.v1alpha1.HealthProbe.Command;
import io.devicemgr.api.v1alpha1.HealthProbe.Open;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What probes find out reaches the kubelet and the report, and goes away again. */
class AgentHealthIT {
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
        scene.close();
        scene.kubelet().assertNoViolations();
    }

    @Test
    void aDeviceThatCanBeOpenedIsHealthyFromTheFirstListOn() throws Exception {
        start(open(Open.Mode.ReadWrite));
        await().until(() -> !scene.listed(SERIAL).isEmpty());
        assertThat(scene.listed(SERIAL)).isEqualTo(Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Healthy"));
        scene.awaitAllocatable(SERIAL, 2);
        assertThat(scene.get("/healthz").statusCode()).isEqualTo(200);
        scene.stopAgent();
    }

    @Test
    void aProbeThatFailsTakesTheDeviceOutAndOneThatPassesBringsItBack() throws IOException {
        Path bad = scene.file("bad");
        start(sh("! grep -q \"$0\" " + bad + " 2>/dev/null || { echo \"$0 is broken\"; exit 4; }"));
        scene.awaitAllocatable(SERIAL, 2);
        Files.writeString(bad, "ttyUSB1");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Unhealthy"));
        scene.awaitAllocatable(SERIAL, 1);
        NodeDeviceReportStatus.Device reported = scene.awaitReport(
                        status -> has(status, "ttyUSB1", DeviceHealth.Unhealthy, DeviceReason.CommandFailed))
                .devices()
                .get(1);
        assertThat(reported.message()).isEqualTo("/bin/sh ended with 4: ttyUSB1 is broken");
        Files.delete(bad);
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Healthy"));
        scene.awaitReport(status -> has(status, "ttyUSB1", DeviceHealth.Healthy, DeviceReason.Present));
        scene.awaitAllocatable(SERIAL, 2);
    }

    @Test
    void aDeviceThatIsBackIsHealthyOnlyWhenItsProbesHavePassed() throws IOException {
        Path bad = scene.file("bad");
        start(sh("test ! -e " + bad));
        scene.awaitAllocatable(SERIAL, 2);
        scene.unplug("ttyUSB1");
        scene.awaitReport(status -> has(status, "ttyUSB1", DeviceHealth.Unhealthy, DeviceReason.Missing));
        Files.writeString(bad, "");
        scene.plug("ttyUSB1", "zero");
        scene.awaitReport(status -> has(status, "ttyUSB1", DeviceHealth.Unhealthy, DeviceReason.CommandFailed));
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Unhealthy"));
        Files.delete(bad);
        scene.awaitAllocatable(SERIAL, 2);
    }

    @Test
    void aProbeThatHangsHoldsBackNeitherRegistrationNorOtherDevices() throws IOException {
        Path hanging = scene.file("hanging");
        Files.writeString(hanging, "ttyUSB0");
        start(sh("while grep -q \"$0\" " + hanging + " 2>/dev/null; do sleep 0.1; done"));
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
        scene.awaitReport(status -> has(status, "ttyUSB0", DeviceHealth.Unhealthy, DeviceReason.ProbeTimedOut));
        Files.delete(hanging);
        scene.awaitAllocatable(SERIAL, 2);
    }

    @Test
    void probesWhoseWordsChangeWriteNothing() throws IOException {
        start(sh("date +%N; exit 1"));
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Unhealthy"));
        scene.awaitVerified();
        scene.awaitReport(status -> has(status, "ttyUSB0", DeviceHealth.Unhealthy, DeviceReason.CommandFailed)
                && has(status, "ttyUSB1", DeviceHealth.Unhealthy, DeviceReason.CommandFailed));
        Set<Integer> written = Set.of(scene.reports().written().size());
        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(15))
                .until(() -> written.contains(scene.reports().written().size()));
    }

    private void start(HealthProbe probe) throws IOException {
        HealthChecks health = new HealthChecks(1, null, null, List.of(probe));
        DeviceResource resource =
                new DeviceResource(SERIAL, List.of(DeviceSelector.path("/dev/ttyUSB*")), null, health, null, null);
        scene.startAgent(new AgentSettings("lab", "uid", null, false, List.of(resource), null));
    }

    private static HealthProbe open(Open.Mode mode) {
        return new HealthProbe(new Open(mode), null, null);
    }

    /** A probe by a shell script, whose $0 is the id of the device. */
    private static HealthProbe sh(String script) {
        return new HealthProbe(null, null, new Command(List.of("/bin/sh", "-c", script, "$(DEVICE_ID)"), 2));
    }

    private static boolean has(NodeDeviceReportStatus status, String id, DeviceHealth health, DeviceReason reason) {
        return status.devices().stream()
                .anyMatch(device -> device.id().equals(id) && device.health() == health && device.reason() == reason);
    }
}
