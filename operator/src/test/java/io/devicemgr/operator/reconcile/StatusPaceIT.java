package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusPaceIT {
    private static final int BURST = 200;

    private final World world = new World();
    private final List<Long> statusWrites = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aBurstOfChangesIsAFewWritesAndTheLastStateIsShown() {
        world.started().withReadyFleet();
        world.server.onRequest(request -> {
            if (request.isWrite() && request.subresource().equals("status")) {
                statusWrites.add(System.nanoTime());
            }
        });
        long start = System.nanoTime();
        for (int i = 1; i <= BURST; i++) {
            world.report("lab", "w-1", i, false);
        }

        eventually().until(() -> world.deployment("lab").getStatus().devices().total() == BURST + 2);
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(statusWrites.size()).isLessThanOrEqualTo((int) seconds + 1);
        for (int i = 1; i < statusWrites.size(); i++) {
            assertThat(statusWrites.get(i) - statusWrites.get(i - 1))
                    .isGreaterThanOrEqualTo(Pace.BETWEEN_WRITES.toNanos());
        }
    }

    @Test
    void aBurstOfLostDevicesIsNoBurstOfEvents() {
        world.started().withReadyFleet();
        for (int i = 0; i < BURST; i++) {
            world.report("lab", "w-1", 1 + i % 2, i % 2 == 0);
        }
        world.report("lab", "w-1", 1, true);

        eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("False SomeUnhealthy"));
        assertThat(world.server.requestCount(
                        request -> request.isWrite() && request.resource().equals("events")))
                .isLessThan(40);
    }
}
