package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.metrics.Family;
import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final String SERIAL = "example.com/serial";
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final Metrics metrics = new Metrics();

    @Test
    void everythingThatIsToldIsRead() {
        metrics.registered(SERIAL, true);
        metrics.registered(SERIAL, false);
        metrics.streamOpened(SERIAL);
        metrics.streamEnded(SERIAL);
        metrics.listSent(SERIAL, null);
        metrics.listSent(SERIAL, MILLISECOND);
        metrics.allocated(SERIAL, true, MILLISECOND);
        metrics.allocated(SERIAL, false, MILLISECOND);
        metrics.prepared(SERIAL, "reset", false, MILLISECOND);
        metrics.probed(SERIAL, "open", "failed", MILLISECOND);
        metrics.healthChanged(SERIAL, "Healthy", "Unhealthy", "Missing");
        metrics.reportWritten(true);
        metrics.settingsRefused();
        Map<Series, Double> read = TextFormatParser.parse(metrics.registry().text());
        assertThat(read)
                .containsEntry(series("registrations_total", "outcome", "accepted"), 1.0)
                .containsEntry(series("registrations_total", "outcome", "refused"), 1.0)
                .containsEntry(series("streams_opened_total"), 1.0)
                .containsEntry(series("streams_ended_total"), 1.0)
                .containsEntry(series("lists_sent_total"), 2.0)
                .containsEntry(series("list_delay_seconds_count"), 1.0)
                .containsEntry(series("list_delay_seconds_bucket", "le", "0.001"), 1.0)
                .containsEntry(series("allocations_total", "outcome", "granted"), 1.0)
                .containsEntry(series("allocations_total", "outcome", "refused"), 1.0)
                .containsEntry(series("allocation_duration_seconds_count"), 2.0)
                .containsEntry(series("prepare_duration_seconds_count", "kind", "reset", "outcome", "failed"), 1.0)
                .containsEntry(series("probe_duration_seconds_count", "kind", "open", "outcome", "failed"), 1.0)
                .containsEntry(
                        series("health_transitions_total", "from", "Healthy", "to", "Unhealthy", "reason", "Missing"),
                        1.0)
                .containsEntry(new Series("devicemgr_agent_report_writes_total", Map.of("outcome", "succeeded")), 1.0)
                .containsEntry(new Series("devicemgr_agent_report_writes_total", Map.of("outcome", "failed")), 0.0)
                .containsEntry(new Series("devicemgr_agent_settings_read_total", Map.of("outcome", "refused")), 1.0);
    }

    @Test
    void namesFollowTheConventionOfPrometheus() {
        assertThat(metrics.registry().families()).allSatisfy(family -> {
            assertThat(family.name()).matches("devicemgr_agent_[a-z_]+");
            assertThat(family.help()).endsWith(".");
            String end = family.type().equals("counter") ? "_total" : "_seconds";
            assertThat(family.name()).endsWith(end);
        });
        assertThat(metrics.registry().families()).extracting(Family::name).doesNotHaveDuplicates();
    }

    @Test
    void whatHasNotHappenedYetIsZeroForEveryResourceThatIsServed() {
        metrics.serving(List.of(SERIAL));
        assertThat(TextFormatParser.parse(metrics.registry().text()))
                .containsEntry(series("registrations_total", "outcome", "refused"), 0.0)
                .containsEntry(series("streams_opened_total"), 0.0)
                .containsEntry(series("allocations_total", "outcome", "refused"), 0.0);
    }

    private static Series series(String name, String... more) {
        Map<String, String> labels = new TreeMap<>(Map.of("resource", SERIAL));
        for (int i = 0; i < more.length; i += 2) {
            labels.put(more[i], more[i + 1]);
        }
        return new Series("devicemgr_agent_" + name, labels);
    }
}
