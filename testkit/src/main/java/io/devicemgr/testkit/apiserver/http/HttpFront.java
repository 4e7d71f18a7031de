package io.devicemgr.testkit.apiserver.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The listening socket on 127.0.0.1: can be taken away and comes back on the same port. */
public final class HttpFront implements AutoCloseable {
    static {
        // Headers and body leave in two writes; with Nagle's algorithm every answer would wait 40 ms for an
        // acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        // The default closes idle connections after 30 s and keeps at most 200: clients with pools would meet resets.
        System.setProperty("sun.net.httpserver.idleInterval", "600");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "20000");
    }

    private final ExecutorService threads;
    private final Handler handler;
    private int port;
    private HttpServer server;

    /** Answers one request; closes the exchange itself. */
    @FunctionalInterface
    public interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    /**
     * @param port 0 for any free one
     */
    public HttpFront(int port, Handler handler) {
        this.port = port;
        this.handler = handler;
        AtomicInteger count = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "api-http-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Opens the socket; does nothing when it is open. */
    public synchronized void open() {
        if (server != null) {
            return;
        }
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 1024);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port, e);
        }
        port = server.getAddress().getPort();
        server.setExecutor(threads);
        server.createContext("/", handler::handle);
        server.start();
    }

    /** Closes the socket and every connection at once. */
    public synchronized void shut() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    public synchronized int port() {
        return port;
    }

    @Override
    public void close() {
        shut();
        threads.shutdownNow();
    }
}
