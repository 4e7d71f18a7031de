package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.allocation.DeviceTable;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.Sharing;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceListsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aSharedDeviceIsListedUnderAllItsIdsWithOneHealth() {
        Device lost = device("b", null).withPresence(Health.unhealthy(Reason.MISSING, "gone", START));
        ListAndWatchResponse list =
                DeviceLists.of(new DeviceTable(List.of(device("a", null), lost)), allocator(2), Held.NOTHING);
        assertThat(list.getDevicesList())
                .extracting(entry -> entry.getID() + " " + entry.getHealth())
                .containsExactly("a::0 Healthy", "a::1 Healthy", "b::0 Unhealthy", "b::1 Unhealthy");
        assertThat(DeviceLists.healthyIds(list)).containsExactlyInAnyOrder("a::0", "a::1");
    }

    @Test
    void whereAllNodesAreKnownTheyAreTold() throws Exception {
        Device lost = device("b", 1).withPresence(Health.unhealthy(Reason.MISSING, "gone", START));
        ListAndWatchResponse list =
                DeviceLists.of(new DeviceTable(List.of(device("a", 0), lost)), allocator(1), Held.NOTHING);
        // Rule 57: node 0 is an empty message, and must survive the wire.
        ListAndWatchResponse read = ListAndWatchResponse.parseFrom(list.toByteArray());
        assertThat(read.getDevicesList())
                .extracting(entry -> entry.getTopology().getNodesList().stream()
                        .map(node -> node.getID())
                        .toList())
                .containsExactly(List.of(0L), List.of(1L));
    }

    @Test
    void whereOneNodeIsUnknownNoneIsTold() {
        for (Integer unknown : new Integer[] {null, -1, 64}) {
            ListAndWatchResponse list = DeviceLists.of(
                    new DeviceTable(List.of(device("a", 0), device("b", unknown))), allocator(1), Held.NOTHING);
            // Rule 54: unset, not empty.
            assertThat(list.getDevicesList()).noneMatch(entry -> entry.hasTopology());
        }
    }

    @Test
    void whatContainersHoldStaysListedWhenItIsNotOfferedAnyMore() {
        ListAndWatchResponse list = DeviceLists.of(
                new DeviceTable(List.of(device("a", null))),
                allocator(2),
                new Held(Set.of("b", "b::1", "b::7", "gone::0")));
        assertThat(list.getDevicesList())
                .extracting(entry -> entry.getID() + " " + entry.getHealth())
                .containsExactly(
                        "a::0 Healthy",
                        "a::1 Healthy",
                        "b Unhealthy",
                        "b::1 Unhealthy",
                        "b::7 Unhealthy",
                        "gone::0 Unhealthy");
    }

    @Test
    void aDeviceHasNoMoreHoldersThanItMayHaveAfterAChangeOfTheSharing() {
        DeviceTable table = new DeviceTable(List.of(device("a", null), device("b", null)));
        Held two = new Held(Set.of("a::0", "a::1"));
        assertThat(healthy(table, 1, two)).containsExactly("b");
        assertThat(healthy(table, 3, new Held(Set.of("a")))).containsExactly("a::0", "a::1", "b::0", "b::1", "b::2");
        // What is held already stays as it is.
        assertThat(healthy(table, 2, new Held(Set.of("a::1", "a::5")))).containsExactly("a::1", "b::0", "b::1");
        assertThat(healthy(table, 2, new Held(Set.of("a::5", "a::6", "a::7")))).containsExactly("b::0", "b::1");
        assertThat(healthy(table, 1, Held.NOTHING)).containsExactly("a", "b");
        assertThat(DeviceLists.healthyCount(table, allocator(1), two)).isEqualTo(1);
        assertThat(DeviceLists.healthyCount(table, allocator(3), two)).isEqualTo(6);
    }

    @Test
    void whatIsNotOfferedAnyMoreKeepsItsNode() {
        DeviceTable table = new DeviceTable(List.of(device("a", 0), device("b", 1)));
        ListAndWatchResponse list =
                DeviceLists.of(table, allocator(1), new Held(Set.of("b::1", "gone"), Map.of("gone", 0L)));
        assertThat(list.getDevicesList())
                .extracting(entry ->
                        entry.getID() + " " + entry.getTopology().getNodes(0).getID())
                .containsExactly("a 0", "b 1", "b::1 1", "gone 0");
        ListAndWatchResponse unknown = DeviceLists.of(table, allocator(1), new Held(Set.of("gone")));
        assertThat(unknown.getDevicesList()).noneMatch(entry -> entry.hasTopology());
    }

    private static List<String> healthy(DeviceTable table, int replicas, Held held) {
        return DeviceLists.of(table, allocator(replicas), held).getDevicesList().stream()
                .filter(entry -> entry.getHealth().equals("Healthy"))
                .map(entry -> entry.getID())
                .toList();
    }

    private static Allocator allocator(int replicas) {
        return new Allocator(
                new DeviceResource("example.com/x", List.of(), new Sharing(replicas, false), null, null, null));
    }

    private static Device device(String id, Integer numaNode) {
        Hardware hardware = new Hardware(id, id, id, List.of(), List.of(id), null, numaNode);
        return new Device("example.com/x", new DeviceId(id), hardware, Health.present(START), null);
    }
}
