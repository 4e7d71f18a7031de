package io.devicemgr.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

class LeaseSightTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final ZonedDateTime LONG_AGO = ZonedDateTime.of(2001, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private final LeaseSight sight = new LeaseSight();

    private static Lease lease(String holder, ZonedDateTime renewed) {
        return new LeaseBuilder()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(15)
                .withRenewTime(renewed)
                .endSpec()
                .build();
    }

    @Test
    void aLeaseThatDoesNotExistOrHasNoHolderIsFree() {
        sight.see(null, 0);
        assertThat(sight.free(0)).isTrue();
        sight.see(lease(null, LONG_AGO), 0);
        assertThat(sight.free(0)).isTrue();
        sight.see(lease("", LONG_AGO), 0);
        assertThat(sight.free(0)).isTrue();
    }

    @Test
    void aLeaseIsFreeWhenItHasNotChangedForItsDurationWhateverItsTimesSay() {
        sight.see(lease("a", LONG_AGO), 100 * SECOND);
        sight.see(lease("a", LONG_AGO), 110 * SECOND);

        assertThat(sight.free(115 * SECOND)).isFalse();
        assertThat(sight.free(115 * SECOND + 1)).isTrue();
    }

    @Test
    void aRenewalIsAChangeEvenByAClockThatRunsBackwards() {
        sight.see(lease("a", LONG_AGO), 100 * SECOND);
        sight.see(lease("a", LONG_AGO.minusHours(1)), 110 * SECOND);

        assertThat(sight.free(120 * SECOND)).isFalse();
        assertThat(sight.free(126 * SECOND)).isTrue();
    }
}
