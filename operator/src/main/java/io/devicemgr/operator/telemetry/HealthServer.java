package io.devicemgr.operator.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** /healthz and /readyz for the kubelet's probes. */
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
     * @throws IOException when the port cannot be had
     */
    public static HealthServer start(int port, Supplier<Health> alive, Supplier<Health> ready) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/healthz", exchange -> answer(exchange, alive.get()));
        server.createContext("/readyz", exchange -> answer(exchange, ready.get()));
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
        byte[] body = (health.text() + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(health.ok() ? 200 : 503, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
