package io.devicemgr.operator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SharedDevicesTest {
    private static final String USB = "/sys/devices/pci0/usb1/1-1";

    private final NodeDeviceReport mine = report("lab", "w-1", device("example.com/serial", "/dev/ttyUSB0", USB));

    @Test
    void aDeviceOfTwoDeploymentsIsToldWithBothNames() {
        assertThat(found(report("other", "w-1", device("example.com/modem", "/dev/ttyUSB0", null))))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.node()).isEqualTo("w-1");
                    assertThat(problem.message())
                            .contains(
                                    "/dev/ttyUSB0 is example.com/serial here and example.com/modem of deployment other");
                });
    }

    @Test
    void theSameHardwareUnderAnotherPathIsTheSameDevice() {
        assertThat(found(report("other", "w-1", device("example.com/modem", "/dev/serial/by-id/x", USB))))
                .hasSize(1);
    }

    @Test
    void otherNodesOtherDevicesAndTheSameResourceAreNoMatter() {
        assertThat(found(report("other", "w-2", device("example.com/modem", "/dev/ttyUSB0", null))))
                .isEmpty();
        assertThat(found(report("other", "w-1", device("example.com/modem", "/dev/ttyUSB1", null))))
                .isEmpty();
        assertThat(found(report("other", "w-1", device("example.com/serial", "/dev/ttyUSB0", null))))
                .isEmpty();
    }

    @Test
    void aReportWithoutAnAgentIsNoMatter() {
        NodeDeviceReport other = report("other", "w-1", device("example.com/modem", "/dev/ttyUSB0", null));

        assertThat(SharedDevices.of(fleet(), Stream.of(other), report -> false)).isEmpty();
    }

    private List<NodeProblem> found(NodeDeviceReport other) {
        return SharedDevices.of(fleet(), Stream.of(other), report -> true);
    }

    private Fleet fleet() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("w-1")
                .endMetadata()
                .build();
        return new Fleet(
                List.of(new NodeView(node, Optional.empty(), Optional.of(mine.getStatus()), false, Optional.empty())));
    }

    private static NodeDeviceReport report(String deployment, String node, Device device) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.setSpec(new NodeDeviceReportSpec(deployment, node));
        report.setStatus(new NodeDeviceReportStatus(
                "1", "rev", null, null, null, List.of(), List.of(device), List.of(), null, null));
        return report;
    }

    private static Device device(String resource, String path, String sysfs) {
        return new Device(
                resource,
                "id",
                List.of(path),
                sysfs,
                DeviceHealth.Healthy,
                DeviceReason.Present,
                null,
                null,
                null,
                List.of());
    }
}
