package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    @Test
    void aWorkerThatTakesTooLongIsStuckUntilItIsDone() {
        Heartbeat heartbeat = new Heartbeat("The worker", Duration.ofNanos(1));
        heartbeat.beat(() -> assertThat(heartbeat.trouble()).get().asString().startsWith("The worker has been stuck"));
        assertThat(heartbeat.trouble()).isEmpty();
    }

    @Test
    void aDeadWorkerStaysDead() {
        Heartbeat heartbeat = new Heartbeat("The worker", Duration.ofMinutes(1));
        heartbeat.died();
        assertThat(heartbeat.trouble()).contains("The worker has ended");
    }
}
