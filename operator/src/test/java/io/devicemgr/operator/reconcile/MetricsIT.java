package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import io.devicemgr.testkit.apiserver.RequestInfo;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Prometheus reads is what has happened. */
class MetricsIT {
    private final World world = new World().started();

    @AfterEach
    void close() {
        world.close();
    }

    private Map<Series, Double> scrape() {
        String answer = world.ask("/metrics");
        assertThat(answer).startsWith("200 ");
        return TextFormatParser.parse(answer.substring(4) + "\n");
    }

    private static Series series(String name, Map<String, String> labels) {
        return new Series("devicemgr_operator_" + name, labels);
    }

    @Test
    void aFleetIsCountedAndLeavesNothingBehind() {
        world.withReadyFleet();
        world.report("lab", "w-1", 1, true);
        eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("False SomeUnhealthy"));

        eventually()
                .untilAsserted(() -> assertThat(scrape())
                        .containsEntry(series("leader", Map.of()), 1.0)
                        .containsEntry(series("watches_broken", Map.of()), 0.0)
                        .containsEntry(series("queue_depth", Map.of()), 0.0)
                        .containsEntry(series("devices", Map.of("deployment", "lab", "health", "Healthy")), 3.0)
                        .containsEntry(series("devices", Map.of("deployment", "lab", "health", "Unhealthy")), 1.0)
                        .containsEntry(series("nodes", Map.of("deployment", "lab", "state", "ready")), 2.0)
                        .containsEntry(series("spec_observed", Map.of("deployment", "lab")), 1.0)
                        .containsEntry(series("rollout_phase", Map.of("deployment", "lab", "phase", "Complete")), 1.0)
                        .containsEntry(
                                series(
                                        "condition",
                                        Map.of(
                                                "deployment", "lab",
                                                "type", "KubeletConfigured",
                                                "status", "True",
                                                "reason", "NotRequested")),
                                1.0)
                        .containsKey(series("last_reconcile_timestamp_seconds", Map.of("deployment", "lab"))));

        world.server.objects().delete("deviceplugindeployments.devicemgr.io", "", "lab");
        eventually()
                .untilAsserted(() -> assertThat(scrape().keySet())
                        .noneMatch(series -> "lab".equals(series.labels().get("deployment"))));
    }

    @Test
    void requestsAndErrorsAreCountedByWhatTheyMean() {
        world.node("w-1", 0);
        world.server.failNext(
                2, request -> request.isWrite() && request.resource().equals("clusterrolebindings"), 403, 0);
        world.deploy("lab", SERIAL, "");
        eventually().until(() -> world.daemonSet("lab") != null);

        eventually().untilAsserted(() -> {
            Map<Series, Double> read = scrape();
            assertThat(read)
                    .containsEntry(series("reconcile_errors_total", Map.of("cause", "forbidden")), 2.0)
                    .containsEntry(series("reconcile_errors_total", Map.of("cause", "bug")), 0.0)
                    .containsEntry(
                            series(
                                    "api_requests_total",
                                    Map.of("verb", "patch", "resource", "clusterrolebindings", "code", "403")),
                            2.0);
            assertThat(read.get(series("status_writes_total", Map.of()))).isEqualTo(statusWrites());
            assertThat(read.get(series("reconcile_duration_seconds_count", Map.of("outcome", "failed"))))
                    .isEqualTo(2.0);
        });
    }

    private double statusWrites() {
        return world.server.requestCount(request -> isStatus(request) && request.isWrite());
    }

    private static boolean isStatus(RequestInfo request) {
        return request.resource().equals("deviceplugindeployments")
                && request.subresource().equals("status");
    }
}
