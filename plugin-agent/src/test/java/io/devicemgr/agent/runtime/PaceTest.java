package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Pace pace = new Pace(3, Duration.ofSeconds(1));

    @Test
    void aBurstGoesThroughAtOnceAndThenOnePerInterval() {
        assertThat(pace.take(0)).isZero();
        assertThat(pace.take(0)).isZero();
        assertThat(pace.take(0)).isZero();
        assertThat(pace.take(0)).isEqualTo(SECOND);
        assertThat(pace.take(SECOND / 4)).isEqualTo(3 * SECOND / 4);
        assertThat(pace.take(SECOND)).isZero();
        assertThat(pace.take(SECOND)).isEqualTo(SECOND);
    }

    @Test
    void quietGivesTheWholeBurstBack() {
        for (int i = 0; i < 3; i++) {
            pace.take(0);
        }
        assertThat(pace.take(60 * SECOND)).isZero();
        assertThat(pace.take(60 * SECOND)).isZero();
        assertThat(pace.take(60 * SECOND)).isZero();
        assertThat(pace.take(60 * SECOND)).isPositive();
    }

    @Test
    void negativeTimesAreTimesToo() {
        Pace early = new Pace(1, Duration.ofSeconds(1));
        assertThat(early.take(-5 * SECOND)).isZero();
        assertThat(early.take(-5 * SECOND)).isEqualTo(SECOND);
        assertThat(early.take(-4 * SECOND)).isZero();
    }
}
