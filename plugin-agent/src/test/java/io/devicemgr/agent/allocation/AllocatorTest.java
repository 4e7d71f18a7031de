package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.devicemgr.agent.allocation.Grant.Mount;
import io.devicemgr.agent.allocation.Grant.Node;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HostMount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllocatorTest {
    private static final String RESOURCE = "example.com/serial";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<Device> DEVICES = List.of(
            device("a", "/dev/serial/by-id/a", "/dev/ttyUSB1", Health.present(START)),
            device("b", "/dev/ttyUSB0", "/dev/ttyUSB0", Health.present(START)),
            device(
                    "lost",
                    "/dev/ttyUSB9",
                    "/dev/ttyUSB9",
                    Health.unhealthy(Reason.MISSING, "/dev/ttyUSB9 is not there", START)));

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
