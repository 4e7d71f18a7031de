package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Devices of one probed resource, for tests. */
final class Probed {
    static final String RESOURCE = "example.com/serial";
    static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    private Probed() {}

    /** A device that is there since the start and has not been probed. */
    static Device device(int number) {
        return device(hardware("/dev/tty" + number, number), START);
    }

    static Device device(Hardware hardware, Instant since) {
        Health unprobed = Health.unhealthy(Reason.UNPROBED, "the probes have not ended yet", since);
        String name = hardware.key().substring("/dev/".length());
        return new Device(RESOURCE, new DeviceId(name), hardware, Health.present(since), unprobed);
    }

    static Hardware hardware(String path, int minor) {
        return Hardware.node(path, path, new NodeNumber(Type.CHARACTER, 4, minor));
    }

    static Hardware hardware(String path, String sysfsPath) {
        DeviceNode node = DeviceNode.own(path, path, new NodeNumber(Type.CHARACTER, 4, 1));
        return new Hardware(path, "it", path, List.of(node), List.of(path), sysfsPath, null);
    }

    static Device gone(Device device) {
        return device.withPresence(Health.unhealthy(Reason.MISSING, "gone", START.plusSeconds(1)));
    }

    static Inventory inventory(Device... devices) {
        return inventory(Arrays.asList(devices));
    }

    static Inventory inventory(List<Device> devices) {
        return new Inventory(1, devices, List.of(), List.of());
    }

    static ProbePlan plan(Thresholds thresholds, Probe... probes) {
        return new ProbePlan(RESOURCE, List.of(probes), Duration.ofSeconds(10), thresholds);
    }
}
