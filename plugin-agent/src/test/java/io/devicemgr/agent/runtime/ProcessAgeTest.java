package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {
    @Test
    void theAgeIsThatOfTheProcess() {
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        Duration rough = Duration.between(start, Instant.now());
        assertThat(ProcessAge.now()).isBetween(rough.minusSeconds(2), rough.plusSeconds(2));
    }
}
