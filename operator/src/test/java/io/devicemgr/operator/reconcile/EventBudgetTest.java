package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventBudgetTest {
    private final VirtualClock clock = new VirtualClock();
    private final EventBudget budget = new EventBudget(
            () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos());

    @Test
    void oneReasonOnOneObjectIsPostedTenTimesAndThenEveryHalfMinute() {
        assertThat(posted(100, "lab", "Node w-1")).isEqualTo(10);
        clock.advance(Duration.ofSeconds(30));

        assertThat(posted(100, "lab", "Node w-1")).isEqualTo(1);
    }

    @Test
    void anotherReasonOnTheSameObjectIsStillPosted() {
        posted(100, "lab", "Node w-1");

        assertThat(budget.take("lab", "Node w-1", "RolloutComplete")).isTrue();
    }

    @Test
    void manyNodesShareWhatTheirDeploymentMayPost() {
        long posted = IntStream.range(0, 1000)
                .filter(n -> budget.take("lab", "Node w-" + n, "DeviceUnhealthy"))
                .count();
        clock.advance(Duration.ofSeconds(5));
        long later = IntStream.range(0, 1000)
                .filter(n -> budget.take("lab", "Node v-" + n, "DeviceUnhealthy"))
                .count();

        assertThat(posted).isEqualTo(30);
        assertThat(later).isEqualTo(5);
        assertThat(budget.take("other", "Node w-1", "DeviceUnhealthy")).isTrue();
    }

    private long posted(int times, String deployment, String object) {
        return IntStream.range(0, times)
                .filter(i -> budget.take(deployment, object, "DeviceUnhealthy"))
                .count();
    }
}
