package io.devicemgr.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** What the kubelet's probes ask: /readyz and /healthz, with what is missing in the body. */
final class HealthEndpoints implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;

    /**
     * @param missing what keeps the agent from being ready
     * @param troubles what is wrong with its threads
     * @throws IOException when the address cannot be bound
     */
    HealthEndpoints(String host, int port, Supplier<List<String>> missing, Supplier<List<String>> troubles)
            throws IOException {
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "the health endpoints cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
        server.createContext("/readyz", exchange -> answer(exchange, missing.get()));
        server.createContext("/healthz", exchange -> answer(exchange, troubles.get()));
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, List<String> problems) throws IOException {
        String text = problems.isEmpty() ? "ok\n" : String.join("\n", problems) + "\n";
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(problems.isEmpty() ? OK : UNAVAILABLE, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
