package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Rule 98: 100 calls a second, bursts of 10. */
class TokenBucketTest {
    private final AtomicLong now = new AtomicLong();
    private final TokenBucket bucket = new TokenBucket(now::get);

    private int taken() {
        int taken = 0;
        while (bucket.take()) {
            taken++;
        }
        return taken;
    }

    @Test
    void tenPassAtOnceAndThenOneEveryTenMilliseconds() {
        assertThat(taken()).isEqualTo(10);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(31));
        assertThat(taken()).isEqualTo(3);
    }

    @Test
    void neverMoreThanTenAreSaved() {
        taken();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertThat(taken()).isEqualTo(10);
    }
}
