package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writes whole answers. */
final class Responses {
    private Responses() {}

    static void json(HttpExchange exchange, int code, JsonNode body) throws IOException {
        bytes(exchange, code, "application/json", Json.bytes(body));
    }

    static void text(HttpExchange exchange, int code, String body) throws IOException {
        bytes(exchange, code, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    static void refusal(HttpExchange exchange, ApiException e) throws IOException {
        json(exchange, e.code(), e.status());
    }

    static void warnings(HttpExchange exchange, List<String> warnings) {
        warnings.forEach(w -> exchange.getResponseHeaders()
                .add("Warning", "299 - \"" + w.replace("\\", "\\\\").replace("\"", "\\\"") + '"'));
    }

    /** From this size on a kube-apiserver packs what it answers to a GET, if the client takes gzip. */
    private static final int PACKED = 128 * 1024;

    static void bytes(HttpExchange exchange, int code, String type, byte[] plain) throws IOException {
        byte[] body = plain;
        if (plain.length > PACKED
                && exchange.getRequestMethod().equals("GET")
                && RequestReader.header(exchange, "Accept-Encoding").contains("gzip")) {
            body = packed(plain);
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.getResponseHeaders().add("Vary", "Accept-Encoding");
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-cache, private");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(code, body.length == 0 || head ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            if (!head) {
                out.write(body);
            }
        }
        exchange.close();
    }

    private static byte[] packed(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 8);
        try (OutputStream gzip = new FastGzip(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    /** At the level of a kube-apiserver. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
