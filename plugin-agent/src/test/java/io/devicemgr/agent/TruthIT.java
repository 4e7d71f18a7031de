package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import io.devicemgr.testkit.kubelet.PodSpecification;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the agent says of itself while devices, kubelet and API server come and go. */
class TruthIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private AgentScene scene;

    @BeforeEach
    void node() throws IOException {
        scene = new AgentScene();
        scene.plug("ttyUSB0", "null");
        scene.plug("ttyUSB1", "zero");
        scene.plug("cam0", "full");
        scene.kubelet().start();
    }

    @AfterEach
    void judge() throws IOException {
        scene.close();
        scene.kubelet().assertNoViolations();
    }

    @Test
    void theMetricsTellWhatHappened() throws Exception {
        scene.startAgent();
        scene.awaitVerified();
        scene.awaitAllocatable(SERIAL, 2);
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
        scene.kubelet().admit(PodSpecification.of("viewer", CAMERA, 1)).containers();
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(metrics()).containsEntry(series("devices_allocated", "resource", CAMERA), 1.0));
        assertThat(metrics())
                .containsEntry(series("devices", "resource", SERIAL, "health", "Healthy"), 1.0)
                .containsEntry(series("devices", "resource", SERIAL, "health", "Unhealthy"), 1.0)
                .containsEntry(series("registered", "resource", SERIAL), 1.0)
                .containsEntry(series("verified", "resource", SERIAL), 1.0)
                .containsEntry(series("kubelet_socket_present"), 1.0)
                .containsEntry(series("watch_mode", "mode", "Inotify"), 1.0)
                .containsEntry(series("registrations_total", "resource", SERIAL, "outcome", "accepted"), 1.0)
                .containsEntry(series("streams_opened_total", "resource", SERIAL), 1.0)
                .containsEntry(series("lists_sent_total", "resource", SERIAL), 2.0)
                .containsEntry(series("list_delay_seconds_count", "resource", SERIAL), 1.0)
                .containsEntry(series("list_delay_seconds_bucket", "resource", SERIAL, "le", "5"), 1.0)
                .containsEntry(series("allocations_total", "resource", CAMERA, "outcome", "granted"), 1.0)
                .containsEntry(
                        series(
                                "health_transitions_total",
                                "resource",
                                SERIAL,
                                "from",
                                "Healthy",
                                "to",
                                "Unhealthy",
                                "reason",
                                "Missing"),
                        1.0)
                .hasEntrySatisfying(
                        series("report_writes_total", "outcome", "succeeded"),
                        count -> assertThat(count).isPositive());
    }

    @Test
    void healthReachesTheKubeletWithoutAnApiServerAndTheReportCatchesUp() throws Exception {
        scene.reports().stop();
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 2);
        await().atMost(LIMIT).until(() -> metrics().get(series("report_writes_total", "outcome", "failed")) >= 2);
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
        scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 1)).containers();
        assertThat(scene.get("/healthz").statusCode()).isEqualTo(200);
        scene.awaitReady();
        scene.reports().restart();
        scene.awaitReport(status -> status.summary().devices().equals("2/3"));
        assertThat(scene.reports().written().get(0).summary().devices())
                .as("the first that is written is the newest")
                .isEqualTo("2/3");
    }

    @Test
    void withoutKubeletItIsNotReadyButHealthy() throws Exception {
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 2);
        scene.awaitReady();
        scene.kubelet().stop();
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(scene.get("/readyz").body())
                        .contains(SERIAL + " is not registered", CAMERA + " is not registered"));
        assertThat(scene.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(scene.get("/healthz").body()).isEqualTo("ok\n");
        assertThat(metrics()).containsEntry(series("registered", "resource", SERIAL), 0.0);
        scene.kubelet().start();
        scene.awaitReady();
    }

    private Map<Series, Double> metrics() throws IOException, InterruptedException {
        return TextFormatParser.parse(scene.get("/metrics").body());
    }

    private static Series series(String name, String... labels) {
        Map<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            pairs.put(labels[i], labels[i + 1]);
        }
        return new Series("devicemgr_agent_" + name, pairs);
    }
}
