package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration MILLI = Duration.ofMillis(1);

    private final VirtualClock clock = new VirtualClock();
    private final Pace pace =
            new Pace(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos());

    @Test
    void whatComesAfterQuietIsLookedAtAndWrittenAtOnce() {
        assertThat(pace.look("lab")).isEmpty();
        assertThat(pace.write("lab")).isEmpty();
        pace.written("lab");
        clock.advance(Duration.ofSeconds(60));

        assertThat(pace.look("lab")).isEmpty();
        assertThat(pace.write("lab")).isEmpty();
    }

    @Test
    void aSecondWriteWaitsUntilASecondAfterTheFirst() {
        pace.written("lab");
        clock.advance(Duration.ofMillis(300));

        assertThat(pace.write("lab")).contains(Duration.ofMillis(700));
        clock.advance(Duration.ofMillis(700));
        assertThat(pace.write("lab")).isEmpty();
    }

    @Test
    void oneDeploymentDoesNotWaitForAnother() {
        pace.written("lab");
        while (pace.look("lab").isEmpty()) {
            assertThat(pace.write("lab")).isPresent();
        }

        assertThat(pace.look("other")).isEmpty();
        assertThat(pace.write("other")).isEmpty();
    }

    @Test
    void aFloodThatChangesNothingIsLookedAtOnceASecond() {
        List<Instant> looks = looksInAFlood(Duration.ofSeconds(30), false);

        assertThat(looks).hasSizeBetween(Pace.LOOKS + 29, Pace.LOOKS + 31);
    }

    /** Every look finds a change and wants to write it. */
    @Test
    void aFloodOfChangesIsWrittenOnceASecondAndLookedAtHardlyMoreOften() {
        List<Instant> writes = new ArrayList<>();
        int looks = 0;
        for (int i = 0; i < 30_000; i++) {
            if (pace.look("lab").isEmpty()) {
                looks++;
                if (pace.write("lab").isEmpty()) {
                    pace.written("lab");
                    writes.add(clock.instant());
                }
            }
            clock.advance(MILLI);
        }

        for (int i = 1; i < writes.size(); i++) {
            assertThat(Duration.between(writes.get(i - 1), writes.get(i)))
                    .isBetween(Duration.ofMillis(1000), Duration.ofMillis(2000));
        }
        assertThat(looks).isLessThan(2 * 30 + Pace.LOOKS);
    }

    /** After the last event nobody calls but the timer that was asked for. */
    @Test
    void theLastChangeOfAFloodIsWrittenWithinASecond() {
        looksInAFlood(Duration.ofSeconds(5), true);
        Instant last = clock.instant();
        Optional<Duration> timer = look();
        while (timer.isPresent()) {
            clock.advance(timer.get());
            timer = look();
        }

        assertThat(Duration.between(last, clock.instant())).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(pace.write("lab")).isPresent();
    }

    private Optional<Duration> look() {
        return pace.look("lab").or(() -> {
            Optional<Duration> early = pace.write("lab");
            if (early.isEmpty()) {
                pace.written("lab");
            }
            return early;
        });
    }

    @Test
    void aStatusThatIsRightAgainHastensNoLook() {
        for (int i = 0; i < Pace.LOOKS; i++) {
            pace.look("lab");
        }
        pace.written("lab");
        clock.advance(Duration.ofMillis(400));
        pace.write("lab");
        assertThat(pace.look("lab")).contains(Duration.ofMillis(600));
        pace.written("lab");
        clock.advance(Duration.ofMillis(100));
        assertThat(pace.look("lab")).contains(Duration.ofMillis(500));
        pace.settled("lab");
        clock.advance(Duration.ofMillis(500));

        assertThat(pace.look("lab")).isEmpty();
        assertThat(pace.look("lab")).contains(Duration.ofSeconds(1));
    }

    private List<Instant> looksInAFlood(Duration time, boolean changes) {
        List<Instant> looks = new ArrayList<>();
        for (long i = 0; i < time.toMillis(); i++) {
            if (pace.look("lab").isEmpty()) {
                looks.add(clock.instant());
                if (!changes) {
                    pace.settled("lab");
                } else if (pace.write("lab").isEmpty()) {
                    pace.written("lab");
                }
            }
            clock.advance(MILLI);
        }
        return looks;
    }
}
