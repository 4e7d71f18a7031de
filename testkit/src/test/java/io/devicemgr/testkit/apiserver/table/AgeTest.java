package io.devicemgr.testkit.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT119S, 119s",
        "PT2M, 2m",
        "PT3M12S, 3m12s",
        "PT14M5S, 14m",
        "PT179M, 179m",
        "PT5H, 5h",
        "PT7H30M, 7h30m",
        "PT47H, 47h",
        "P3DT4H, 3d4h",
        "P12D, 12d",
        "P800D, 2y70d"
    })
    void agesReadAsKubectlPrintsThem(Duration age, String text) {
        assertThat(Age.of(age)).isEqualTo(text);
    }
}
