package io.devicemgr.testkit.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A bare HTTP client, so that tests see what is on the wire. */
final class TestClient {
    private final HttpClient http = HttpClient.newHttpClient();
    private final SimulatedApiServer server;

    TestClient(SimulatedApiServer server) {
        this.server = server;
    }

    /** Status code and body. */
    record Answer(int code, JsonNode body, HttpResponse<byte[]> response) {
        String message() {
            return body.path("message").asText();
        }

        String at(String pointer) {
            return body.at(pointer).asText();
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer post(String path, String body) {
        return send("POST", path, body, "Content-Type", "application/json");
    }

    Answer put(String path, JsonNode body) {
        return send("PUT", path, Json.text(body), "Content-Type", "application/json");
    }

    Answer delete(String path) {
        return send("DELETE", path, "");
    }

    Answer merge(String path, String body) {
        return send("PATCH", path, body, "Content-Type", "application/merge-patch+json");
    }

    Answer strategic(String path, String body) {
        return send("PATCH", path, body, "Content-Type", "application/strategic-merge-patch+json");
    }

    Answer apply(String path, String manager, String body) {
        String separator = path.contains("?") ? "&" : "?";
        return send(
                "PATCH",
                path + separator + "fieldManager=" + manager,
                body,
                "Content-Type",
                "application/apply-patch+yaml");
    }

    Answer send(String method, String path, String body, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode tree = response.body().length == 0 ? Json.object() : Json.parse(response.body());
            return new Answer(response.statusCode(), tree, response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A watch that collects events as "TYPE name" until it ends. */
    Events watch(String path, String... headers) {
        Events events = new Events(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
        Thread reader = new Thread(() -> events.read(server.url() + path, http, headers), "test-watch");
        reader.setDaemon(true);
        reader.start();
        return events;
    }

    /** What a watch has told so far. */
    record Events(Queue<JsonNode> all, Queue<String> ends) {
        List<String> names() {
            return all.stream()
                    .map(e -> e.path("type").asText() + " "
                            + e.at("/object/metadata/name").asText())
                    .toList();
        }

        boolean hasEnded() {
            return !ends.isEmpty();
        }

        private void read(String url, HttpClient http, String... headers) {
            try {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
                if (headers.length > 0) {
                    request.headers(headers);
                }
                try (InputStream in = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                        .body()) {
                    StringBuilder line = new StringBuilder();
                    for (int c = in.read(); c >= 0; c = in.read()) {
                        line.append((char) c);
                        if (c == '\n') {
                            all.add(Json.parse(line.toString().getBytes(StandardCharsets.ISO_8859_1)));
                            line.setLength(0);
                        }
                    }
                }
                ends.add("closed");
            } catch (IOException | InterruptedException e) {
                ends.add(String.valueOf(e));
            }
        }
    }
}
