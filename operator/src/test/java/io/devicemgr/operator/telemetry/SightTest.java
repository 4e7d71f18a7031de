package io.devicemgr.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.VirtualClock;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SightTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final HttpRequest NODES = get("/api/v1/nodes?watch=true&resourceVersion=1");
    private static final HttpRequest NODES_LATER = get("/api/v1/nodes?watch=true&resourceVersion=77");
    private static final HttpRequest PODS = get("/api/v1/pods?watch=true&resourceVersion=1");
    private static final HttpRequest LIST = get("/api/v1/nodes?limit=1");

    private final VirtualClock clock = new VirtualClock(START);
    private final Sight sight = new Sight(clock);

    private record Answer(int code, HttpRequest request) implements HttpResponse<Void> {
        @Override
        public Void body() {
            return null;
        }

        @Override
        public Optional<HttpResponse<?>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public List<String> headers(String key) {
            return List.of();
        }

        @Override
        public Map<String, List<String>> headers() {
            return Map.of();
        }
    }

    private static HttpRequest get(String path) {
        return new StandardHttpRequest(Map.of(), URI.create("https://kubernetes" + path), "GET", null);
    }

    private void answered(HttpRequest request, int code) {
        sight.after(request, new Answer(code, request), null);
    }

    private void unreachable(HttpRequest request) {
        sight.afterConnectionFailure(request, new IOException("refused"));
    }

    private Instant afterSeconds(long seconds) {
        return START.plusSeconds(seconds);
    }

    @Test
    void anOperatorSeesFromWhenItsCachesAreFilled() {
        clock.advance(Duration.ofSeconds(3));
        assertThat(sight.watchingSince()).isEqualTo(START);
        sight.opened();
        assertThat(sight.watchingSince()).isEqualTo(afterSeconds(3));
    }

    @Test
    void anOutageEndsWhenTheLastWatchIsOpenAgain() {
        unreachable(NODES);
        answered(PODS, 503);
        clock.advance(Duration.ofSeconds(60));
        assertThat(sight.watchingSince()).as("blind").isEqualTo(afterSeconds(60));

        answered(NODES_LATER, 200);
        clock.advance(Duration.ofSeconds(5));
        assertThat(sight.watchingSince()).as("blind on one eye").isEqualTo(afterSeconds(65));

        answered(PODS, 200);
        clock.advance(Duration.ofSeconds(100));
        assertThat(sight.watchingSince()).isEqualTo(afterSeconds(65));
    }

    @Test
    void aBlinkDoesNotCount() {
        for (int i = 0; i < 5; i++) {
            unreachable(NODES);
            clock.advance(Duration.ofSeconds(9));
            answered(NODES, 200);
            clock.advance(Duration.ofSeconds(60));
        }
        assertThat(sight.watchingSince()).isEqualTo(START);
    }

    @Test
    void onlyWatchesTellSinceNothingElseIsAskedAgainForSure() {
        unreachable(LIST);
        answered(LIST, 500);
        clock.advance(Duration.ofSeconds(60));

        assertThat(sight.watchingSince()).isEqualTo(START);
    }
}
