package io.devicemgr.agent.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** As much of an API server as takes reports. */
public final class ReportServer implements AutoCloseable {
    private final JsonMapper json = new JsonMapper();
    private final int port;
    private HttpServer server;
    private final List<NodeDeviceReportStatus> written = new CopyOnWriteArrayList<>();

    public ReportServer() throws IOException {
        serve(0);
        port = server.getAddress().getPort();
    }

    /** Connections are refused from now on. */
    public void stop() {
        server.stop(0);
    }

    /** Listens again, on the port that it had. */
    public void restart() throws IOException {
        serve(port);
    }

    /** Base address. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Every status that was written, in order. */
    public List<NodeDeviceReportStatus> written() {
        return written;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void serve(int wanted) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", wanted), 0);
        server.createContext("/", this::accept);
        server.start();
    }

    private void accept(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode report = json.readTree(exchange.getRequestBody());
            if (exchange.getRequestURI().getPath().endsWith("/status")) {
                written.add(json.treeToValue(report.get("status"), NodeDeviceReportStatus.class));
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
