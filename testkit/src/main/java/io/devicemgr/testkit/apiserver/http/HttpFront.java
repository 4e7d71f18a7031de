package io.devicemgr.testkit.apiserver.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
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

    private static final int BACKLOG = 1024;

    private final ExecutorService threads;
    private final Handler handler;
    private final Optional<ServingCertificate> certificate;
    private int port;
    private HttpServer server;

    /** Answers one request; closes the exchange itself. */
    @FunctionalInterface
    public interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    /**
     * @param port 0 for any free one
     * @param certificate for HTTPS; plain HTTP without
     */
    public HttpFront(int port, Optional<ServingCertificate> certificate, Handler handler) {
        this.port = port;
        this.certificate = certificate;
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
            server = listen(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port, e);
        }
        port = server.getAddress().getPort();
        server.setExecutor(threads);
        server.createContext("/", handler::handle);
        server.start();
    }

    private HttpServer listen(InetSocketAddress address) throws IOException {
        if (certificate.isEmpty()) {
            return HttpServer.create(address, BACKLOG);
        }
        HttpsServer https = HttpsServer.create(address, BACKLOG);
        https.setHttpsConfigurator(new HttpsConfigurator(certificate.get().context()));
        return https;
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
