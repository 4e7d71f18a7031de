package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.VirtualClock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventBudgetTest {
    private final VirtualClock clock = new VirtualClock();
    private final EventBudget budget = new EventBudget(clock);

    @Test
    void aStormIsTwentyFiveEventsAndThenOneInFiveMinutes() {
        assertThat(taken("deployment lab", 1000)).isEqualTo(25);
        clock.advance(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(taken("deployment lab", 10)).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(taken("deployment lab", 10)).isEqualTo(1);
        clock.advance(Duration.ofDays(1));
        assertThat(taken("deployment lab", 1000)).isEqualTo(25);
    }

    @Test
    void objectsDoNotPayForEachOther() {
        taken("deployment lab", 1000);

        assertThat(taken("node w-1", 3)).isEqualTo(3);
    }

    private long taken(String object, int wanted) {
        return IntStream.range(0, wanted).filter(i -> budget.take(object)).count();
    }
}
