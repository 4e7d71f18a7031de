package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private final Reports reports = new Reports();

    @Test
    void twoDeploymentsOnOneNodeOverlapInADevice() {
        put("lab", "w-1", "tty0", "tty1");
        put("other", "w-1", "tty1");
        put("third", "w-1", "tty2");
        put("fourth", "w-2", "tty1");

        assertThat(names("w-1")).containsExactlyInAnyOrder("lab.w-1", "other.w-1");
        assertThat(names("w-2")).isEmpty();
        assertThat(names("w-3")).isEmpty();
    }

    @Test
    void oneReportDoesNotOverlapWithItself() {
        put("lab", "w-1", "tty0", "tty0");
        put("other", "w-1", "tty1");

        assertThat(names("w-1")).isEmpty();
    }

    @Test
    void whatChangesIsSeen() {
        put("lab", "w-1", "tty0");
        put("other", "w-1", "tty1");
        assertThat(names("w-1")).isEmpty();

        put("other", "w-1", "tty0");
        assertThat(names("w-1")).hasSize(2);

        put("other", "w-1", "tty1");
        assertThat(names("w-1")).isEmpty();
    }

    @Test
    void whatWentOverlapsNoMore() {
        put("lab", "w-1", "tty0");
        put("other", "w-1", "tty0");
        assertThat(names("w-1")).hasSize(2);

        reports.remove("other.w-1");
        assertThat(names("w-1")).isEmpty();
        assertThat(reports.of("other")).isEmpty();
    }

    private Stream<String> names(String node) {
        return reports.overlapping(node).stream()
                .map(report -> report.getMetadata().getName());
    }

    private void put(String deployment, String node, String... devices) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.setMetadata(
                new ObjectMetaBuilder().withName(deployment + "." + node).build());
        report.setSpec(new NodeDeviceReportSpec(deployment, node));
        report.setStatus(new NodeDeviceReportStatus(
                null,
                null,
                null,
                null,
                null,
                null,
                Stream.of(devices).map(ReportsTest::device).toList(),
                null,
                null,
                null));
        reports.put(deployment + "." + node, report);
    }

    private static NodeDeviceReportStatus.Device device(String name) {
        return new NodeDeviceReportStatus.Device(
                "example.com/serial",
                name,
                List.of("/dev/" + name),
                "/sys/devices/" + name,
                DeviceHealth.Healthy,
                DeviceReason.Present,
                null,
                null,
                null,
                List.of());
    }
}
