package io.devicemgr.operator.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.devicemgr.metrics.MetricRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** /healthz and /readyz for the kubelet's probes, /metrics for Prometheus. */
public final class HealthServer implements AutoCloseable {
    private final HttpServer server;

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts answering.
     *
     * @param port TCP port on all addresses; 0 takes any free one
     * @param alive fails for what a restart helps against
     * @param ready fails when the operator does not do its work
     * @param metrics what is measured
     * @throws IOException when the port cannot be had
     */
    public static HealthServer start(
            int port, Supplier<Health> alive, Supplier<Health> ready, Supplier<MetricRegistry> metrics)
            throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/healthz", exchange -> answer(exchange, alive.get()));
        server.createContext("/readyz", exchange -> answer(exchange, ready.get()));
        server.createContext("/metrics", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", metrics.get().contentType());
            answer(exchange, 200, metrics.get().text());
        });
        server.start();
        return new HealthServer(server);
    }

    /** The port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, Health health) throws IOException {
        answer(exchange, health.ok() ? 200 : 503, health.text() + "\n");
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
