package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.BundleSelector;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.api.v1alpha1.PciSelector;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import io.devicemgr.api.v1alpha1.UsbSelector;
import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiscoverOnlyIT extends AgentScenario {
    @Test
    void whatWouldBeFoundIsReportedAndNothingIsRegistered() throws Exception {
        interfaceInSysfs("dummy0");
        scene.kubelet().start();
        scene.startAgent(new AgentSettings("lab", "uid", null, true, resources(), AgentSpec.Registration.Register));
        NodeDeviceReportStatus report =
                scene.awaitReport(status -> status.devices().size() == 3);
        assertThat(report.devices())
                .extracting(device -> device.id() + " " + device.paths())
                .containsExactlyInAnyOrder(
                        "ttyUSB0 [/dev/ttyUSB0]", "net-dummy0 [net dummy0]", "bundle-cam [/dev/cam0]");
        assertThat(report.nothingFound())
                .extracting(NothingFound::selector, NothingFound::reason)
                .containsExactly(
                        tuple("usb: {vendorId: \"0403\", expose: [tty]}", NothingFound.Reason.NoMatch),
                        tuple("pci: {class: \"0x0380\", expose: [vfio]}", NothingFound.Reason.NoMatch));
        assertThat(report.resources()).isNotEmpty().noneMatch(NodeDeviceReportStatus.Resource::registered);
        assertThat(scene.pluginSockets()).isEmpty();
        assertThat(scene.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(TextFormatParser.parse(scene.get("/metrics").body()).keySet())
                .as("a resource that is not to be registered is not one that could not be")
                .extracting(Series::name)
                .contains("devicemgr_agent_devices")
                .doesNotContain("devicemgr_agent_registered");
    }

    private static List<DeviceResource> resources() {
        return List.of(
                resource("example.com/path", DeviceSelector.path("/dev/ttyUSB*")),
                resource(
                        "example.com/usb",
                        new DeviceSelector(
                                null, new UsbSelector("0403", null, null, List.of("tty")), null, null, null)),
                resource(
                        "example.com/pci",
                        new DeviceSelector(
                                null,
                                null,
                                new PciSelector(null, null, "0x0380", null, null, List.of("vfio")),
                                null,
                                null)),
                resource(
                        "example.com/net",
                        new DeviceSelector(
                                null, null, null, new SysfsSelector("net", Map.of("mtu", "1500"), null), null)),
                resource(
                        "example.com/bundle",
                        new DeviceSelector(null, null, null, null, new BundleSelector(List.of("/dev/cam*"), null))));
    }

    private static DeviceResource resource(String name, DeviceSelector selector) {
        return new DeviceResource(name, List.of(selector), null, null, null, null);
    }

    private void interfaceInSysfs(String name) throws IOException {
        Path device = Files.createDirectories(
                scene.root().resolve("sys/devices/virtual/net").resolve(name));
        Files.writeString(device.resolve("mtu"), "1500\n");
        Path home = Files.createDirectories(scene.root().resolve("sys/class/net"));
        Files.createSymbolicLink(home.resolve(name), home.relativize(device));
    }
}
