package io.devicemgr.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.metrics.Gauge.Sample;
import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormatTest {
    private static final double[] BOUNDS = {0.1, 1};

    private final MetricRegistry registry = new MetricRegistry("x_");

    @Test
    void whatWasCountedIsRead() {
        Counter counter = registry.counter("events_total", "Events.", "kind");
        counter.increment("a");
        counter.increment("a");
        counter.expect("b");
        assertThat(read())
                .containsExactly(entry("x_events_total", 2, "kind", "a"), entry("x_events_total", 0, "kind", "b"));
    }

    @Test
    void durationsFallIntoBucketsUpToTheirBoundAndIntoAllAboveIt() {
        Histogram histogram = registry.histogram("work_seconds", "Work.", BOUNDS);
        histogram.observe(Duration.ofMillis(100));
        histogram.observe(Duration.ofMillis(101));
        histogram.observe(Duration.ofSeconds(3));
        histogram.observe(Duration.ofSeconds(-1));
        assertThat(read())
                .containsEntry(series("x_work_seconds_bucket", "le", "0.1"), 2.0)
                .containsEntry(series("x_work_seconds_bucket", "le", "1"), 3.0)
                .containsEntry(series("x_work_seconds_bucket", "le", "+Inf"), 4.0)
                .containsEntry(series("x_work_seconds_count"), 4.0)
                .containsEntry(series("x_work_seconds_sum"), 3.201);
    }

    @Test
    void whateverStandsInALabelComesOutAgain() {
        List<String> odd = List.of("back\\slash", "quo\"te", "line\nfeed", "both\\n", "{a=\"b\"} 1", "ü€", "");
        Gauge gauge = registry.gauge(
                "odd", "Odd \\ things,\n\"quoted\".", () -> odd.stream().map(each -> Sample.of(1.5, each)), "name");
        assertThat(gauge.labels()).containsExactly("name");
        assertThat(read().keySet())
                .extracting(series -> series.labels().get("name"))
                .containsExactlyElementsOf(odd);
    }

    @Test
    void seriesOfAResourceThatIsNoLongerServedAreForgotten() {
        Counter counter = registry.counter("events_total", "Events.", "resource");
        Counter other = registry.counter("others_total", "Others.", "kind");
        Histogram histogram = registry.histogram("work_seconds", "Work.", BOUNDS, "resource");
        Stream.of("a", "b").forEach(each -> {
            counter.increment(each);
            other.increment(each);
            histogram.observe(Duration.ZERO, each);
        });
        registry.retain("resource", List.of("b"));
        assertThat(read().keySet())
                .noneMatch(series -> "a".equals(series.labels().get("resource")))
                .contains(series("x_events_total", "resource", "b"), series("x_others_total", "kind", "a"));
    }

    @Test
    void aForgottenLabelIsAnErrorOfTheProgram() {
        Counter counter = registry.counter("events_total", "Events.", "kind");
        assertThatThrownBy(counter::increment).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a_total 1\n",
                "# HELP a_total A.\n# TYPE a_total counter\na_total 1",
                "# HELP a_total A.\n# TYPE a_total counter\na_total 1\na_total 2\n",
                "# HELP a A.\n# TYPE a counter\na 1\n",
                "# HELP a A.\n# TYPE a gauge\na{b=\"c} 1\n",
                "# HELP a A.\n# TYPE a gauge\na{b=\"\\t\"} 1\n",
                "# HELP a A.\n# TYPE a gauge\na{b=\"c\",} 1\n",
                "# HELP a A.\n# TYPE a gauge\na 1,5\n",
                "# HELP a A.\n# TYPE a gauge\n\na 1\n",
                "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
                "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n"
            })
    void theParserOfTheseTestsIsStrict(String broken) {
        assertThatThrownBy(() -> TextFormatParser.parse(broken)).isInstanceOf(IllegalArgumentException.class);
    }

    private Map<Series, Double> read() {
        return TextFormatParser.parse(registry.text());
    }

    private static Map.Entry<Series, Double> entry(String name, double value, String... labels) {
        return Map.entry(series(name, labels), value);
    }

    private static Series series(String name, String... labels) {
        return new Series(name, labels.length == 0 ? Map.of() : Map.of(labels[0], labels[1]));
    }
}
