package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.devicemgr.agent.runtime.Heartbeat;
import io.devicemgr.metrics.MetricRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthEndpointsTest {
    private final Heartbeat heartbeat = new Heartbeat("The worker", Duration.ofMillis(50));
    private final List<String> missing = new ArrayList<>();
    private final MetricRegistry metrics = new MetricRegistry("x_");
    private final HttpClient http = HttpClient.newHttpClient();
    private HealthEndpoints endpoints;

    @BeforeEach
    void start() throws IOException {
        endpoints = new HealthEndpoints(
                "127.0.0.1",
                0,
                () -> missing,
                () -> heartbeat.trouble().stream().toList(),
                metrics);
        endpoints.start();
    }

    @AfterEach
    void stop() {
        endpoints.close();
    }

    @Test
    void aStuckThreadIsNotHealthyUntilItGetsOn() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        CountDownLatch stone = new CountDownLatch(1);
        Thread worker = new Thread(() -> heartbeat.beat(() -> awaitQuietly(stone)));
        worker.start();
        Awaitility.await().until(() -> get("/healthz").statusCode() == 503);
        assertThat(get("/healthz").body()).startsWith("The worker has been stuck for ");
        assertThat(get("/readyz").statusCode()).as("not the same question").isEqualTo(200);
        stone.countDown();
        worker.join();
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
    }

    @Test
    void aThreadThatHasEndedIsNotHealthy() throws Exception {
        heartbeat.died();
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
        assertThat(get("/healthz").body()).isEqualTo("The worker has ended\n");
    }

    @Test
    void whatIsMissingIsNotReadyButHealthy() throws Exception {
        missing.add("example.com/serial is not registered");
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("example.com/serial is not registered\n");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsSayWhatFormatTheyAreIn() throws Exception {
        metrics.counter("events_total", "Events.").increment();
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).endsWith("x_events_total 1\n");
    }

    @Test
    void clientsThatDoNotFinishTheirRequestHoldUpNobody() throws Exception {
        List<Socket> dawdlers = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket("127.0.0.1", endpoints.port());
                dawdlers.add(socket);
                OutputStream out = socket.getOutputStream();
                out.write("GET /hea".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : dawdlers) {
                socket.close();
            }
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        assertThatIOException()
                .isThrownBy(() -> new HealthEndpoints("127.0.0.1", endpoints.port(), List::of, List::of, metrics))
                .withMessageStartingWith("the health endpoints cannot listen on 127.0.0.1:" + endpoints.port() + ": ");
    }

    @Test
    void anAddressOfTheNewKindWillDo() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "no IPv6 here");
        try (HealthEndpoints other = new HealthEndpoints("::1", 0, List::of, List::of, metrics)) {
            other.start();
            URI uri = URI.create("http://[::1]:" + other.port() + "/healthz");
            assertThat(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("ok\n");
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + endpoints.port() + path);
        return http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
