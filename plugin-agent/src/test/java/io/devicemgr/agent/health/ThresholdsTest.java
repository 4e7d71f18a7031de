package io.devicemgr.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.health.Thresholds.Standing;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsTest {
    private static final Standing UNPROBED = Standing.of(Health.unhealthy(Reason.UNPROBED, "not yet", Probed.START));

    /** Outcomes, one a second: + passes, o fails to open, c fails in its command; verdicts: H, and O or C for unhealthy. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, +o+o, HOHO",
        "1, 1, +++, HHH",
        "1, 1, ooo, OOO",
        "3, 1, +oo+oo+ooo, HHHHHHHHHO",
        "3, 1, +ooo+, HHHOH",
        "1, 3, +o++o++++, HOOOOOOHH",
        "2, 2, o++, OOH",
        "3, 2, o, O",
        "3, 3, +, H",
        "5, 5, oc, OC",
        "1, 2, +oc++, HOCCH",
        "2, 2, +oco++oo, HHCOOHHO",
    })
    void outcomesInARowMakeTheVerdict(int failures, int successes, String outcomes, String verdicts) {
        Thresholds thresholds = new Thresholds(failures, successes);
        StringBuilder told = new StringBuilder();
        Standing standing = UNPROBED;
        for (int i = 0; i < outcomes.length(); i++) {
            standing = thresholds.after(standing, outcome(outcomes.charAt(i)), Probed.START.plusSeconds(i + 1));
            told.append(letter(standing.verdict()));
        }
        assertThat(told).hasToString(verdicts);
    }

    @Test
    void aVerdictKeepsItsTimeWhileItHolds() {
        Thresholds thresholds = new Thresholds(1, 1);
        Instant first = Probed.START.plusSeconds(1);
        Standing healthy = thresholds.after(UNPROBED, Outcome.passed(), first);
        assertThat(thresholds
                        .after(healthy, Outcome.passed(), first.plusSeconds(10))
                        .verdict())
                .isEqualTo(Health.present(first));
        Standing failed = thresholds.after(UNPROBED, outcome('o'), first);
        assertThat(thresholds
                        .after(failed, outcome('o'), first.plusSeconds(600))
                        .verdict())
                .isEqualTo(failed.verdict());
    }

    @Test
    void otherWordsForTheSameFailureAreToldOnceAMinute() {
        Thresholds thresholds = new Thresholds(1, 1);
        Standing standing = UNPROBED;
        StringBuilder told = new StringBuilder();
        for (int second = 0; second <= 130; second += 10) {
            Outcome outcome = Outcome.failed(Reason.COMMAND_FAILED, second + "s ");
            standing = thresholds.after(standing, outcome, Probed.START.plusSeconds(second));
            told.append(standing.verdict().message());
        }
        assertThat(told).hasToString("0s 0s 0s 0s 0s 0s 60s 60s 60s 60s 60s 60s 120s 120s ");
        assertThat(standing.verdict().since()).isEqualTo(Probed.START);
    }

    @Test
    void anotherFailureIsToldAtOnce() {
        Thresholds thresholds = new Thresholds(1, 1);
        Standing first = thresholds.after(UNPROBED, outcome('o'), Probed.START);
        Health second = thresholds
                .after(first, outcome('c'), Probed.START.plusSeconds(1))
                .verdict();
        assertThat(second).isEqualTo(Health.unhealthy(Reason.COMMAND_FAILED, "c", Probed.START.plusSeconds(1)));
    }

    @Test
    void thresholdsBelowOneMakeNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Thresholds(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Thresholds(1, 0));
    }

    private static Outcome outcome(char letter) {
        return switch (letter) {
            case 'o' -> Outcome.failed(Reason.OPEN_FAILED, "o");
            case 'c' -> Outcome.failed(Reason.COMMAND_FAILED, "c");
            default -> Outcome.passed();
        };
    }

    private static char letter(Health verdict) {
        return verdict.isHealthy() ? 'H' : verdict.reason().reported().charAt(0);
    }
}
