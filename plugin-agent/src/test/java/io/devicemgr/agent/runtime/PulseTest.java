package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest {
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final AtomicLong now = new AtomicLong();
    private final Pulse pulse = new Pulse("The loop", Duration.ofSeconds(15), queue::add, now::get);

    @Test
    void anExecutorThatDoesNotGetOnIsNamedUntilItDoes() {
        assertThat(pulse.trouble()).isEmpty();
        pass(10);
        assertThat(pulse.trouble()).isEmpty();
        pass(10);
        assertThat(pulse.trouble()).contains("The loop has been stuck for at least 20 s");
        assertThat(queue).as("one task is enough").hasSize(1);
        queue.remove().run();
        assertThat(pulse.trouble()).isEmpty();
    }

    @Test
    void anExecutorThatGetsOnIsWellHoweverSeldomItIsAsked() {
        for (int i = 0; i < 3; i++) {
            assertThat(pulse.trouble()).isEmpty();
            queue.remove().run();
            pass(3600);
        }
    }

    @Test
    void anExecutorThatWasShutDownIsNotStuck() {
        Pulse closed = new Pulse(
                "The loop",
                Duration.ofSeconds(15),
                task -> {
                    throw new RejectedExecutionException();
                },
                now::get);
        assertThat(closed.trouble()).isEmpty();
        pass(60);
        assertThat(closed.trouble()).isEmpty();
    }

    private void pass(long seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
