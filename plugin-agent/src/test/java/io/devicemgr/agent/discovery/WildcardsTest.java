package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.devicemgr.agent.config.Glob;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardsTest {
    @ParameterizedTest
    @CsvSource({
        "*, '', true",
        "*, abc, true",
        "a*, a, true",
        "*a, a, true",
        "a*a, a, false",
        "a*a, aa, true",
        "*a*, bab, true",
        "*ab*ab, abab, true",
        "*ab*ab, abxab, true",
        "*ab*ab, xab, false",
        "*ab*b, ab, false",
        "*?b*c, abbc, true",
        "*a**b, ab, true",
        "a?c, abc, true",
        "a?c, ac, false",
        "*?*?*, a, false",
        "*?*?*, ab, true"
    })
    void aStarStandsForAnyText(String pattern, String text, boolean matches) {
        assertThat(NameMatch.of(pattern).matches(text)).as("value").isEqualTo(matches);
        assertThat(glob(pattern, text)).as("glob").isEqualTo(matches);
    }

    @Test
    void manyStarsTakeNoLonger() {
        String pattern = "*a".repeat(40) + "b";
        String text = "a".repeat(255);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertThat(NameMatch.of(pattern).matches(text)).isFalse();
            assertThat(glob(pattern, text)).isFalse();
            assertThat(glob(pattern, text + "b")).isTrue();
        });
    }

    private static boolean glob(String pattern, String name) {
        return Glob.of("/dev/" + pattern).alternatives().get(0).get(0).matches().test(name);
    }
}
