package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.devicemgr.agent.allocation.Grant.Mount;
import io.devicemgr.agent.allocation.Grant.Node;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HostMount;
import io.devicemgr.api.v1alpha1.Sharing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AllocatorTest {
    private static final String RESOURCE = "example.com/serial";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final DeviceTable DEVICES = new DeviceTable(List.of(
            device("a", "/dev/serial/by-id/a", "/dev/ttyUSB1", Health.present(START)),
            device("b", "/dev/ttyUSB0", "/dev/ttyUSB0", Health.present(START)),
            device(
                    "lost",
                    "/dev/ttyUSB9",
                    "/dev/ttyUSB9",
                    Health.unhealthy(Reason.MISSING, "/dev/ttyUSB9 is not there", START))));

    @Test
    void aContainerGetsTheNodeUnderThePathAskedFor() throws AllocationRefused {
        assertThat(allocator(Allocation.defaults())
                        .allocate(DEVICES, List.of("a"))
                        .nodes())
                .containsExactly(new Node("/dev/ttyUSB1", "/dev/serial/by-id/a", "rw"));
    }

    @Test
    void theOrderOfTheIdsDoesNotMatter() throws AllocationRefused {
        Allocator allocator = allocator(rule("r", "/dev/serial%d", Map.of("PORTS", "$(DEVICE_PATHS)")));
        Grant grant = allocator.allocate(DEVICES, List.of("b", "a", "b"));
        assertThat(grant).isEqualTo(allocator.allocate(DEVICES, List.of("a", "b")));
        assertThat(grant.nodes())
                .containsExactly(
                        new Node("/dev/ttyUSB1", "/dev/serial0", "r"), new Node("/dev/ttyUSB0", "/dev/serial1", "r"));
        assertThat(grant.env()).containsEntry("PORTS", "/dev/serial0,/dev/serial1");
    }

    @Test
    void theEnvironmentKnowsIdsPathsCountAndResource() throws AllocationRefused {
        Map<String, String> env = Map.of(
                "ALL", "$(DEVICE_COUNT) of $(RESOURCE_NAME): $(DEVICE_IDS) at $(DEVICE_PATHS)",
                "DOLLAR", "$$(DEVICE_IDS) $(UNKNOWN) $5 \\1");
        assertThat(allocator(rule("rw", "", env))
                        .allocate(DEVICES, List.of("b", "a"))
                        .env())
                .containsEntry("ALL", "2 of example.com/serial: a,b at /dev/serial/by-id/a,/dev/ttyUSB0")
                .containsEntry("DOLLAR", "$(DEVICE_IDS) $(UNKNOWN) $5 \\1");
    }

    @Test
    void mountsAndAnnotationsAreHandedOn() throws AllocationRefused {
        Allocation rule = new Allocation(
                "rw",
                "",
                Map.of(),
                List.of(new HostMount("/opt/lib", "/lib/vendor", null), new HostMount("/run/x", "/run/x", false)),
                Map.of("vendor/x", "y"),
                null,
                null);
        Grant grant = allocator(rule).allocate(DEVICES, List.of("a"));
        assertThat(grant.mounts())
                .containsExactly(new Mount("/opt/lib", "/lib/vendor", true), new Mount("/run/x", "/run/x", false));
        assertThat(grant.annotations()).containsEntry("vendor/x", "y");
    }

    @Test
    void unknownAndUnhealthyDevicesAreRefusedWithAUsefulText() {
        assertRefused(Allocation.defaults(), List.of("a", "zz"), "no device 'zz'");
        assertRefused(Allocation.defaults(), List.of("lost"), "Missing, /dev/ttyUSB9 is not there");
        assertRefused(Allocation.defaults(), List.of(), "no device");
    }

    @Test
    void twoDevicesDoNotGetOnePath() {
        assertRefused(rule("rw", "/dev/port", Map.of()), List.of("a", "b"), "write %d");
    }

    @Test
    void oneDeviceMayHaveAPathWithoutNumber() throws AllocationRefused {
        assertThat(allocator(rule("rw", "/dev/port", Map.of()))
                        .allocate(DEVICES, List.of("b"))
                        .nodes())
                .containsExactly(new Node("/dev/ttyUSB0", "/dev/port", "rw"));
    }

    @Test
    void everyShareOfADeviceIsAnIdOfItsOwn() throws AllocationRefused {
        Allocator allocator = shared(3, false);
        Grant grant = allocator.allocate(DEVICES, List.of("b::2", "a::0"));
        assertThat(grant.nodes()).extracting(Node::hostPath).containsExactly("/dev/ttyUSB1", "/dev/ttyUSB0");
        assertThat(grant.env()).containsEntry("IDS", "a,b");
        for (String id : List.of("a", "a::3", "a::00", "a::", "::0", "a::x", "a::0::0")) {
            assertThatExceptionOfType(AllocationRefused.class)
                    .as(id)
                    .isThrownBy(() -> allocator.allocate(DEVICES, List.of(id)))
                    .withMessageContaining("no device '" + id + "'");
        }
    }

    @Test
    void twoSharesOfOneDeviceGiveItOnce() throws AllocationRefused {
        Grant grant = shared(3, false).allocate(DEVICES, List.of("a::2", "a::0"));
        assertThat(grant.nodes()).extracting(Node::hostPath).containsExactly("/dev/ttyUSB1");
        assertThat(grant.env()).containsEntry("IDS", "a").containsEntry("N", "1");
    }

    @Test
    void aContainerThatAsksForTwoSharesIsRefusedWhereThatIsWanted() throws AllocationRefused {
        assertThat(shared(3, true).allocate(DEVICES, List.of("a::2")).nodes()).hasSize(1);
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> shared(3, true).allocate(DEVICES, List.of("a::2", "b::0")))
                .withMessageContaining("asks for 2 of " + RESOURCE)
                .withMessageContaining("resources.limits of the pod")
                .withMessageContaining("sharing.failRequestsGreaterThanOne of the DevicePluginDeployment");
        assertThat(shared(1, true).allocate(DEVICES, List.of("a", "b")).nodes()).hasSize(2);
    }

    @Test
    void whatAllDevicesShareComesOnceAndUnderItsOwnPath() throws AllocationRefused {
        DeviceTable groups = new DeviceTable(List.of(group("g7", 7), group("g8", 8)));
        assertThat(allocator(rule("rw", "/dev/vfio/container%d", Map.of()))
                        .allocate(groups, List.of("g8", "g7"))
                        .nodes())
                .containsExactly(
                        new Node("/dev/vfio/7", "/dev/vfio/container0", "rw"),
                        new Node("/dev/vfio/vfio", "/dev/vfio/vfio", "rw"),
                        new Node("/dev/vfio/8", "/dev/vfio/container1", "rw"));
        assertThat(allocator(rule("rw", "/dev/group", Map.of()))
                        .allocate(groups, List.of("g7"))
                        .nodes())
                .extracting(Node::containerPath)
                .containsExactly("/dev/group", "/dev/vfio/vfio");
    }

    @Test
    void nodesOfOneDeviceAreNumberedToo() throws AllocationRefused {
        DeviceTable sound = new DeviceTable(List.of(bundle("card", "/dev/snd/a", "/dev/snd/b")));
        assertThat(allocator(rule("rw", "/dev/s%d", Map.of()))
                        .allocate(sound, List.of("card"))
                        .nodes())
                .extracting(Node::containerPath)
                .containsExactly("/dev/s0", "/dev/s1");
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> allocator(rule("rw", "/dev/s", Map.of())).allocate(sound, List.of("card")))
                .withMessageContaining("several nodes")
                .withMessageContaining("write %d into allocate.containerPath");
    }

    @Test
    void twoDevicesUnderOnePathAreRefused() {
        DeviceTable clashing = new DeviceTable(List.of(
                device("x", "/dev/port", "/dev/ttyUSB0", Health.present(START)),
                device("y", "/dev/port", "/dev/ttyUSB1", Health.present(START))));
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> allocator(Allocation.defaults()).allocate(clashing, List.of("x", "y")))
                .withMessageContaining("/dev/ttyUSB0 and /dev/ttyUSB1 of " + RESOURCE)
                .withMessageContaining("%d");
    }

    @Test
    void theTableIsMadeOnceForEachInventory() {
        Allocator allocator = allocator(Allocation.defaults());
        Inventory first = new Inventory(1, DEVICES.devices(), List.of(), List.of());
        assertThat(allocator.devices(first)).isSameAs(allocator.devices(first));
        Inventory second = new Inventory(2, List.of(), List.of(), List.of());
        assertThat(allocator.devices(second).devices()).isEmpty();
    }

    private static Allocator shared(int replicas, boolean oneOnly) {
        Allocation rule = rule("rw", "", Map.of("IDS", "$(DEVICE_IDS)", "N", "$(DEVICE_COUNT)"));
        return new Allocator(new DeviceResource(
                RESOURCE, List.of(DeviceSelector.path("/dev/tty*")), new Sharing(replicas, oneOnly), null, rule, null));
    }

    private static Device group(String id, int number) {
        DeviceNode own = node("/dev/vfio/" + number, number, DeviceNode.Role.OWN);
        return device(id, List.of(own, node("/dev/vfio/vfio", 196, DeviceNode.Role.SHARED)));
    }

    private static Device bundle(String id, String... paths) {
        return device(
                id,
                Stream.of(paths)
                        .map(path -> node(path, path.hashCode() & 0xff, DeviceNode.Role.OWN))
                        .toList());
    }

    private static DeviceNode node(String path, int minor, DeviceNode.Role role) {
        return new DeviceNode(path, path, new NodeNumber(Type.CHARACTER, 240, minor), role);
    }

    private static Device device(String id, List<DeviceNode> nodes) {
        Hardware hardware = new Hardware(id, id, id, nodes, List.of(id), null, null);
        return new Device(RESOURCE, new DeviceId(id), hardware, Health.present(START), null);
    }

    private static void assertRefused(Allocation rule, List<String> ids, String text) {
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> allocator(rule).allocate(DEVICES, ids))
                .withMessageContaining(text)
                .withMessageContaining(RESOURCE);
    }

    private static Allocation rule(String permissions, String path, Map<String, String> env) {
        return new Allocation(permissions, path, env, null, null, null, null);
    }

    private static Allocator allocator(Allocation rule) {
        return new Allocator(
                new DeviceResource(RESOURCE, List.of(DeviceSelector.path("/dev/tty*")), null, null, rule, null));
    }

    private static Device device(String id, String path, String hostPath, Health health) {
        NodeNumber number = new NodeNumber(Type.CHARACTER, 188, id.hashCode() & 0xff);
        return new Device(RESOURCE, new DeviceId(id), Hardware.node(path, hostPath, number), health, null);
    }
}
