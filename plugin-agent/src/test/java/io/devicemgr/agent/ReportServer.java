package io.devicemgr.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** As much of an API server as takes reports. */
final class ReportServer implements AutoCloseable {
    private final HttpServer server;
    private final List<NodeDeviceReportStatus> written = new CopyOnWriteArrayList<>();

    ReportServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::accept);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Every status that was written, in order. */
    List<NodeDeviceReportStatus> written() {
        return written;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void accept(HttpExchange exchange) throws IOException {
        try (exchange) {
            NodeDeviceReport report = Serialization.unmarshal(exchange.getRequestBody(), NodeDeviceReport.class);
            if (exchange.getRequestURI().getPath().endsWith("/status")) {
                written.add(report.getStatus());
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
