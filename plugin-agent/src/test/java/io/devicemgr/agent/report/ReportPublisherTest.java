package io.devicemgr.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPublisherTest {
    private static final String OBJECT = "/apis/devicemgr.io/v1alpha1/nodedevicereports/lab.node-1";
    private static final String STATUS = OBJECT + "/status";

    @TempDir
    Path account;

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Integer> faults = new ConcurrentLinkedQueue<>(new ArrayDeque<>());
    private final Metrics metrics = new Metrics();
    private HttpServer server;
    private ReportPublisher publisher;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(account.resolve("token"), "first\n");
        serve(0);
        publisher = new ReportPublisher(
                new ReportObject("lab", "uid-1", "node-1"),
                new ApiServer(URI.create("http://127.0.0.1:" + port()), account),
                new BackOff(RandomGenerator.of("L64X128MixRandom")),
                metrics);
        publisher.start(new CountDownLatch(0));
    }

    @AfterEach
    void stop() {
        publisher.close();
        server.stop(0);
    }

    @Test
    void theReportIsCreatedWithItsOwnerAndThenItsStatusIsWritten() {
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        assertThat(requests).extracting(Request::path).containsExactly(OBJECT, STATUS);
        assertThat(requests).allSatisfy(request -> {
            assertThat(request.method).isEqualTo("PATCH");
            assertThat(request.type).isEqualTo("application/apply-patch+yaml");
            assertThat(request.query).isEqualTo("fieldManager=device-plugin-agent&force=true");
            assertThat(request.authorization).isEqualTo("Bearer first");
        });
        JsonNode object = requests.get(0).body;
        assertThat(object.at("/metadata/name").asText()).isEqualTo("lab.node-1");
        assertThat(object.at("/metadata/labels").path("devicemgr.io/deployment").asText())
                .isEqualTo("lab");
        assertThat(object.at("/metadata/ownerReferences/0/uid").asText()).isEqualTo("uid-1");
        assertThat(object.at("/metadata/ownerReferences/0/controller").asBoolean(true))
                .isFalse();
        assertThat(object.at("/metadata/ownerReferences/0").has("blockOwnerDeletion"))
                .isFalse();
        assertThat(object.at("/spec/nodeName").asText()).isEqualTo("node-1");
        assertThat(object.has("status")).isFalse();
    }

    @Test
    void onlyChangesAreWrittenAndOfManyOnlyTheNewest() {
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        publisher.publish(() -> status("1"));
        for (int i = 2; i <= 50; i++) {
            String revision = String.valueOf(i);
            publisher.publish(() -> status(revision));
        }
        awaitStatus("50");
        publisher.publish(() -> status("51"));
        awaitStatus("51");
        assertThat(requests)
                .as("one write a second at most: the second waits for the first, the third for the second")
                .hasSize(4);
    }

    @Test
    void faultsOfTheServerAreRetriedUntilTheyAreOver() {
        faults.addAll(List.of(500, 429, 409));
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        assertThat(requests).hasSize(5);
    }

    @Test
    void aReportThatWasDeletedIsCreatedAgain() {
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        faults.add(404);
        publisher.publish(() -> status("2"));
        awaitStatus("2");
        assertThat(requests).extracting(Request::path).containsExactly(OBJECT, STATUS, STATUS, OBJECT, STATUS);
    }

    @Test
    void aServerThatIsAwayIsTriedAgainAndGetsOnlyTheNewest() throws IOException {
        int port = port();
        server.stop(0);
        publisher.publish(() -> status("1"));
        publisher.publish(() -> status("2"));
        serve(port);
        awaitStatus("2");
        assertThat(publisher.trouble()).isEmpty();
    }

    @Test
    void theTokenIsReadAgainWhenItWasReplaced() throws IOException {
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        Path token = Files.writeString(account.resolve("token"), "second");
        Files.setLastModifiedTime(token, FileTime.from(Instant.now().plusSeconds(60)));
        publisher.publish(() -> status("2"));
        awaitStatus("2");
        assertThat(requests.get(requests.size() - 1).authorization).isEqualTo("Bearer second");
    }

    @Test
    void aTokenThatIsRefusedIsReadAgainEvenIfItsFileLooksTheSame() throws IOException {
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        Path token = account.resolve("token");
        FileTime time = Files.getLastModifiedTime(token);
        Files.setLastModifiedTime(Files.writeString(token, "second"), time);
        faults.add(401);
        publisher.publish(() -> status("2"));
        awaitStatus("2");
        assertThat(requests).extracting(Request::authorization).endsWith("Bearer first", "Bearer second");
    }

    @Test
    void aReportThatIsForbiddenOrTooLargeIsTriedAgainSlowly() {
        for (int status : List.of(403, 413, 422)) {
            BackOff backOff = new BackOff(RandomGenerator.of("L64X128MixRandom"));
            assertThat(wait(status, backOff)).isBetween(Duration.ofSeconds(22), Duration.ofSeconds(38));
            assertThat(backOff.next()).as("no part of a growing series").isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void whatMayPassSoonIsTriedAgainSoonAndWhatTheServerAsksForIsWaited() {
        for (int status : List.of(401, 404, 409, 410)) {
            assertThat(wait(status, new BackOff(RandomGenerator.of("L64X128MixRandom"))))
                    .isLessThan(Duration.ofSeconds(1));
        }
        for (int status : List.of(429, 500, 503)) {
            assertThat(wait(status, new BackOff(RandomGenerator.of("L64X128MixRandom"))))
                    .as("Retry-After of the test's answer")
                    .isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void hoursWithoutServerCostOneAttemptInHalfAMinute() {
        BackOff backOff = new BackOff(RandomGenerator.of("L64X128MixRandom"));
        Duration away = Duration.ZERO;
        int attempts = 0;
        while (away.compareTo(Duration.ofHours(5)) < 0) {
            away = away.plus(backOff.next());
            attempts++;
        }
        assertThat(attempts).isBetween(550, 700);
    }

    @Test
    void everyAttemptIsCounted() {
        faults.addAll(List.of(500));
        publisher.publish(() -> status("1"));
        awaitStatus("1");
        await().until(() -> metrics.registry().text().contains("writes_total{outcome=\"succeeded\"} 1\n"));
        assertThat(metrics.registry().text()).contains("writes_total{outcome=\"failed\"} 1\n");
    }

    private static Duration wait(int status, BackOff backOff) {
        ReportPublisher idle = new ReportPublisher(new ReportObject("lab", "", "node-1"), null, backOff, new Metrics());
        return idle.failed(new ApiServer.Reply(status, "no", Duration.ofSeconds(7)));
    }

    @Test
    void waitsGrowToHalfAMinuteAndScatter() {
        BackOff backOff = new BackOff(RandomGenerator.of("L64X128MixRandom"));
        assertThat(backOff.next()).isBetween(Duration.ofMillis(375), Duration.ofMillis(625));
        assertThat(backOff.next()).isBetween(Duration.ofMillis(750), Duration.ofMillis(1250));
        for (int i = 0; i < 100; i++) {
            backOff.next();
        }
        assertThat(backOff.next()).isBetween(Duration.ofMillis(22_500), Duration.ofMillis(37_500));
        backOff.reset();
        assertThat(backOff.next()).isLessThan(Duration.ofSeconds(1));
    }

    private void awaitStatus(String revision) {
        await().until(() -> requests.stream()
                .anyMatch(request -> request.path.equals(STATUS)
                        && request.answered == 200
                        && request.body.at("/status/revision").asText().equals(revision)));
    }

    private static NodeDeviceReportStatus status(String revision) {
        return new NodeDeviceReportStatus(null, revision, null, null, null, null, null, null, null, null);
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private void serve(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Integer fault = faults.poll();
            int code = fault == null ? 200 : fault;
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestURI().getQuery(),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new JsonMapper().readTree(exchange.getRequestBody()),
                    code));
            byte[] body = "{\"message\":\"fault\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Retry-After", "1");
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private record Request(
            String method, String path, String query, String type, String authorization, JsonNode body, int answered) {}
}
