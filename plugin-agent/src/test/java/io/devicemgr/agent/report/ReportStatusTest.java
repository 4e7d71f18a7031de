package io.devicemgr.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Holder;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import io.devicemgr.agent.device.Inventory.Unmatched;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.WatchMode;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportStatusTest {
    private static final String RESOURCE = "example.com/serial";
    private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00.123456Z");
    private static final Inventory INVENTORY = new Inventory(
            7,
            List.of(
                    device("a", Health.present(SINCE)),
                    device("b", Health.unhealthy(Reason.MISSING, "/dev/b is not there", SINCE))),
            List.of(new Unmatched(RESOURCE, "/dev/c*", Unmatched.Why.NoMatch, null)),
            List.of(new Conflict(RESOURCE, "/dev/d", "example.com/other", new DeviceId("d"))));

    private final NodeDeviceReportStatus status = new ReportStatus("1.0", "6f9c").of(situation(true, true));

    @Test
    void devicesAreToldWithHealthAndHolder() {
        assertThat(status.devices()).hasSize(2);
        assertThat(status.devices().get(0)).satisfies(device -> {
            assertThat(device.health()).isEqualTo(DeviceHealth.Healthy);
            assertThat(device.reason()).isEqualTo(DeviceReason.Present);
            assertThat(device.since()).isEqualTo("2026-01-01T00:00:00.123Z");
            assertThat(device.allocatedTo()).containsExactly(new NodeDeviceReportStatus.Holder("ns", "pod", "main"));
        });
        assertThat(status.devices().get(1)).satisfies(device -> {
            assertThat(device.health()).isEqualTo(DeviceHealth.Unhealthy);
            assertThat(device.reason()).isEqualTo(DeviceReason.Missing);
            assertThat(device.message()).contains("/dev/b");
            assertThat(device.allocatedTo()).isEmpty();
        });
        assertThat(status.summary().devices()).isEqualTo("1/2");
    }

    @Test
    void aConflictIsAnErrorOfTheResourceThatDoesNotGetTheDevice() {
        assertThat(status.resources()).singleElement().satisfies(resource -> {
            assertThat(resource.registered()).isTrue();
            assertThat(resource.lastError()).startsWith("slow; /dev/d").contains("example.com/other", RESOURCE);
        });
        assertThat(status.summary().registered()).isEqualTo("1/1");
    }

    @Test
    void aConflictIsNoReasonWhyTheResourceIsNotRegisteredYet() {
        Situation starting = new Situation(
                INVENTORY,
                List.of(new ResourceState(RESOURCE, false, null, SINCE, null, 0)),
                device -> List.of(),
                true,
                true,
                null);
        assertThat(new ReportStatus("1.0", "6f9c")
                        .of(starting)
                        .resources()
                        .get(0)
                        .lastError())
                .isNull();
    }

    @Test
    void whatMatchesNothingIsTold() {
        assertThat(status.nothingFound())
                .containsExactly(new NothingFound(RESOURCE, "/dev/c*", NothingFound.Reason.NoMatch, null));
    }

    @Test
    void kubeletAndWatchModeAreTold() {
        assertThat(status.kubeletSocket()).isEqualTo(KubeletSocket.Present);
        assertThat(status.watchMode()).isEqualTo(WatchMode.Inotify);
        NodeDeviceReportStatus other = new ReportStatus("1.0", "6f9c").of(situation(false, false));
        assertThat(other.kubeletSocket()).isEqualTo(KubeletSocket.Missing);
        assertThat(other.watchMode()).isEqualTo(WatchMode.Polling);
    }

    @Test
    void theSameSituationGivesTheSameReport() {
        assertThat(new ReportStatus("1.0", "6f9c").of(situation(true, true))).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonHasItsNameInTheReport(Reason reason) {
        assertThat(DeviceReason.valueOf(reason.reported())).isNotNull();
    }

    @Test
    void theReportKnowsNoReasonThatTheAgentDoesNot() {
        assertThat(Stream.of(Reason.values()).map(Reason::reported))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(DeviceReason.values()).map(Enum::name).toList());
    }

    private static Situation situation(boolean kubelet, boolean inotify) {
        Function<Device, List<Holder>> holders =
                device -> device.id().value().equals("a") ? List.of(new Holder("ns", "pod", "main")) : List.of();
        return new Situation(
                INVENTORY,
                List.of(new ResourceState(RESOURCE, true, true, SINCE, "slow", 1)),
                holders,
                kubelet,
                inotify,
                null);
    }

    private static Device device(String id, Health health) {
        return new Device(
                RESOURCE,
                new DeviceId(id),
                Hardware.node("/dev/" + id, "/dev/" + id, new NodeNumber(Type.CHARACTER, 188, 0)),
                health,
                null);
    }
}
