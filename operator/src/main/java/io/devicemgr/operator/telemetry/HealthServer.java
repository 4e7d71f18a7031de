package io.devicemgr.operator.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
     * @param ill what only a restart can help; nothing when all is well
     * @param busy why the operator does not do its work; nothing when it does
     * @throws IOException when the port cannot be had
     */
    public static HealthServer start(int port, Supplier<Optional<String>> ill, Supplier<Optional<String>> busy)
            throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/healthz", exchange -> answer(exchange, ill.get()));
        server.createContext("/readyz", exchange -> answer(exchange, busy.get()));
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

    private static void answer(HttpExchange exchange, Optional<String> trouble) throws IOException {
        byte[] body = (trouble.orElse("ok") + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(trouble.isEmpty() ? 200 : 503, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
