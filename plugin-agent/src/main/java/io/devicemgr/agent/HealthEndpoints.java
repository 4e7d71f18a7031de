package io.devicemgr.agent;

import io.devicemgr.agent.http.HttpPort;
import io.devicemgr.agent.http.Page;
import io.devicemgr.metrics.MetricRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What is asked from outside: /readyz and /healthz with what is missing in the body, and /metrics. */
final class HealthEndpoints implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpPort http;

    /**
     * @param missing what keeps the agent from being ready
     * @param troubles what is wrong with its threads
     * @throws IOException when the address cannot be bound
     */
    HealthEndpoints(
            String host,
            int port,
            Supplier<List<String>> missing,
            Supplier<List<String>> troubles,
            MetricRegistry metrics)
            throws IOException {
        try {
            http = new HttpPort(
                    host,
                    port,
                    Map.of(
                            "/readyz", () -> verdict(missing.get()),
                            "/healthz", () -> verdict(troubles.get()),
                            "/metrics", () -> new Page(OK, metrics.contentType(), metrics.text())));
        } catch (IOException e) {
            throw new IOException(
                    "the health endpoints cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    void start() {
        http.start();
    }

    int port() {
        return http.port();
    }

    @Override
    public void close() {
        http.close();
    }

    private static Page verdict(List<String> problems) {
        return problems.isEmpty()
                ? Page.plain(OK, "ok\n")
                : Page.plain(UNAVAILABLE, String.join("\n", problems) + "\n");
    }
}
