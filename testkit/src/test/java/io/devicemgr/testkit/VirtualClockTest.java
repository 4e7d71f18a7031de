package io.devicemgr.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The clock moves only when told, and only forward. */
class VirtualClockTest {
    @Test
    void standsStillUntilAdvanced() {
        Instant start = Instant.parse("2026-03-01T00:00:00Z");
        VirtualClock clock = new VirtualClock(start);

        assertThat(clock.instant()).isEqualTo(start);
        clock.advance(Duration.ofSeconds(90));

        assertThat(clock.instant()).isEqualTo("2026-03-01T00:01:30Z");
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
