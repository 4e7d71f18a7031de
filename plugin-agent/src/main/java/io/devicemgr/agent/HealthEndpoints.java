package io.devicemgr.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.devicemgr.agent.telemetry.MetricRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What is asked from outside: /readyz and /healthz with what is missing in the body, and /metrics. */
final class HealthEndpoints implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final String PLAIN = "text/plain; charset=utf-8";

    /** More than one, so that a client that dawdles does not hold up the kubelet's probe. */
    private static final int THREADS = 4;

    private static final int IDLE_SECONDS = 5;

    static {
        // Without these, as many clients as there are threads could silence the port for good by not ending a request,
        // and the
        // kubelet would kill the agent. The server reads them once, when its class is loaded.
        System.setProperty("sun.net.httpserver.maxReqTime", "2");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
    }

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), HealthEndpoints::thread);
    private final HttpServer server;

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
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "the health endpoints cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/readyz", exchange -> answer(exchange, missing.get()));
        server.createContext("/healthz", exchange -> answer(exchange, troubles.get()));
        server.createContext("/metrics", exchange -> answer(exchange, OK, metrics.contentType(), metrics.text()));
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
        threads.shutdown();
    }

    private static void answer(HttpExchange exchange, List<String> problems) throws IOException {
        String text = problems.isEmpty() ? "ok\n" : String.join("\n", problems) + "\n";
        answer(exchange, problems.isEmpty() ? OK : UNAVAILABLE, PLAIN, text);
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "http");
        thread.setDaemon(true);
        return thread;
    }
}
