package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HealthTransitionsTest {
    private static final String SERIAL = "example.com/serial";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> NONE = List.of();

    private final VirtualClock clock = new VirtualClock(START);
    private final HealthTransitions transitions = new HealthTransitions(new Metrics(), clock);
    private long version;

    @Test
    void manyDevicesThatGoOnceAreNotOneThatFlaps() {
        look(List.of("a", "b", "c"), NONE);
        look(NONE, List.of("a", "b", "c"));
        assertThat(transitions.mostLosses()).isEqualTo(Map.of(SERIAL, 1));
        look(List.of("a", "b"), List.of("c"));
        look(List.of("b"), List.of("a", "c"));
        assertThat(transitions.mostLosses()).isEqualTo(Map.of(SERIAL, 2));
    }

    @Test
    void lossesAreForgottenAfterAnHour() {
        look(List.of("a"), NONE);
        look(NONE, List.of("a"));
        clock.advance(Duration.ofMinutes(40));
        look(List.of("a"), NONE);
        look(NONE, List.of("a"));
        clock.advance(Duration.ofMinutes(21));
        assertThat(transitions.mostLosses()).isEqualTo(Map.of(SERIAL, 1));
        clock.advance(Duration.ofMinutes(40));
        assertThat(transitions.mostLosses()).isEmpty();
    }

    @Test
    void aDeviceThatIsNoLongerListedTakesItsLossesAlong() {
        look(List.of("a", "b"), NONE);
        look(List.of("b"), List.of("a"));
        look(List.of("b"), NONE);
        assertThat(transitions.mostLosses()).isEmpty();
    }

    @Test
    void whatFlapsWithoutEndTakesNoMoreThanSomeRoom() {
        for (int i = 0; i < 150; i++) {
            look(List.of("a"), NONE);
            look(NONE, List.of("a"));
        }
        assertThat(transitions.mostLosses()).isEqualTo(Map.of(SERIAL, 100));
    }

    private void look(List<String> healthy, List<String> lost) {
        version++;
        Stream<Device> there = healthy.stream().map(id -> device(id, Health.present(START)));
        Stream<Device> gone = lost.stream().map(id -> device(id, Health.unhealthy(Reason.MISSING, "gone", START)));
        transitions.look(new Inventory(version, Stream.concat(there, gone).toList(), List.of(), List.of()));
    }

    private static Device device(String id, Health health) {
        String path = "/dev/" + id;
        return new Device(
                SERIAL,
                new DeviceId(id),
                Hardware.node(path, path, new NodeNumber(NodeNumber.Type.CHARACTER, 188, 0)),
                health,
                null);
    }
}
