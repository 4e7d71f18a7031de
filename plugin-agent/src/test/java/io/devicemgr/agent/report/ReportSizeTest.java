package io.devicemgr.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Holder;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.Inventory.Conflict;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportSizeTest {
    private static final String RESOURCE = "example.com/serial";
    private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MANY = 10_000;

    /** What etcd takes, less what the API server adds. */
    private static final int LIMIT = 1_300_000;

    @Test
    void ofTenThousandDevicesTheUnhealthyAndTheHeldAreListedAndAllAreCounted() throws Exception {
        NodeDeviceReportStatus status = report(
                MANY,
                i -> i % 1000 == 7 ? Health.unhealthy(Reason.MISSING, "gone", SINCE) : Health.present(SINCE),
                i -> i % 1000 == 8 ? List.of(new Holder("ns", "pod", "main")) : List.of());
        assertThat(status.truncated()).isTrue();
        assertThat(status.devices()).hasSize(ReportSize.DEVICES);
        assertThat(status.devices())
                .filteredOn(device -> device.health() == DeviceHealth.Unhealthy)
                .hasSize(10);
        assertThat(status.devices())
                .filteredOn(device -> !device.allocatedTo().isEmpty())
                .hasSize(10);
        assertThat(status.devices())
                .extracting(NodeDeviceReportStatus.Device::id)
                .as("in the order of the inventory")
                .isSorted();
        assertThat(status.summary().devices()).isEqualTo("9990/10000");
        assertThat(status.resources()).singleElement().satisfies(resource -> {
            assertThat(resource.devices()).isEqualTo(MANY);
            assertThat(resource.healthy()).isEqualTo(9990);
            assertThat(resource.allocated()).isEqualTo(10);
        });
        assertThat(json(status).length).isLessThan(LIMIT);
    }

    @Test
    void whatChangedLastIsListedEvenIfItIsHealthy() {
        NodeDeviceReportStatus status =
                report(MANY, i -> Health.present(i == 9_999 ? SINCE.plusSeconds(1) : SINCE), i -> List.of());
        assertThat(status.devices())
                .extracting(NodeDeviceReportStatus.Device::id)
                .contains("d09999");
    }

    @Test
    void longMessagesAndManyHoldersMakeTheListShorter() throws Exception {
        String message = "\u00fc\n\"".repeat(2000);
        NodeDeviceReportStatus status = report(
                3000,
                i -> Health.unhealthy(Reason.MISSING, message, SINCE),
                i -> IntStream.range(0, 5)
                        .mapToObj(each -> new Holder("namespace", "pod-" + each, "main"))
                        .toList());
        assertThat(status.truncated()).isTrue();
        assertThat(status.devices()).hasSizeBetween(300, ReportSize.DEVICES - 1);
        assertThat(json(status).length).isLessThan(LIMIT);
    }

    @Test
    void aThousandDevicesAreListedInFullAndNothingIsSaidOfACut() throws Exception {
        NodeDeviceReportStatus status = report(1000, i -> Health.present(SINCE), i -> List.of());
        assertThat(status.devices()).hasSize(1000);
        assertThat(status.truncated()).isNull();
        assertThat(new String(json(status), StandardCharsets.UTF_8)).doesNotContain("truncated");
    }

    @Test
    void ofManyConflictsTheFirstAreNamedAndTheRestCounted() {
        List<Conflict> conflicts = IntStream.range(0, MANY)
                .mapToObj(i -> new Conflict(RESOURCE, "/dev/d" + i, "example.com/other", new DeviceId("d" + i)))
                .toList();
        Inventory inventory = new Inventory(1, List.of(), List.of(), conflicts);
        NodeDeviceReportStatus status = new ReportStatus("1", "r").of(situation(inventory, device -> List.of()));
        assertThat(status.resources().get(0).lastError())
                .hasSizeLessThan(2000)
                .contains("/dev/d4 is already offered")
                .endsWith("; and 9995 more devices of that kind");
    }

    private static NodeDeviceReportStatus report(
            int count, IntFunction<Health> health, IntFunction<List<Holder>> holders) {
        List<Device> devices = IntStream.range(0, count)
                .mapToObj(i -> device(i, health.apply(i)))
                .toList();
        Inventory inventory = new Inventory(1, devices, List.of(), List.of());
        return new ReportStatus("1", "r")
                .of(situation(
                        inventory,
                        device -> holders.apply(
                                Integer.parseInt(device.id().value().substring(1)))));
    }

    private static Situation situation(Inventory inventory, Function<Device, List<Holder>> holders) {
        return new Situation(
                inventory,
                List.of(new ResourceState(RESOURCE, true, true, SINCE, null, null)),
                holders,
                true,
                true,
                null);
    }

    private static Device device(int number, Health health) {
        String id = String.format("d%05d", number);
        return new Device(
                RESOURCE,
                new DeviceId(id),
                Hardware.node("/dev/" + id, "/dev/" + id, new NodeNumber(Type.CHARACTER, 188, number)),
                health,
                null);
    }

    private static byte[] json(NodeDeviceReportStatus status) throws Exception {
        return new JsonMapper().writeValueAsBytes(new ReportObject("lab", "uid", "node-1").body(status));
    }
}
