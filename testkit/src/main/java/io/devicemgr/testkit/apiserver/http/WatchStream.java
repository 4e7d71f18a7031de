package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.resources.ApiRequest;
import io.devicemgr.testkit.apiserver.resources.Selectors;
import io.devicemgr.testkit.apiserver.store.Selector;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import io.devicemgr.testkit.apiserver.store.Watch;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** One watch over HTTP: lines of JSON until the client, the time or the server ends it. */
final class WatchStream {
    private static final Duration BOOKMARK_INTERVAL = Duration.ofSeconds(30);

    private final Store store;
    private final ApiRequest request;
    private final EventView view;
    private final Selector selector;

    /** How an event is written for this watcher. */
    interface EventView {
        byte[] line(WatchEvent event);

        byte[] added(StoredObject object);
    }

    WatchStream(Store store, ApiRequest request, EventView view) {
        this.store = store;
        this.request = request;
        this.view = view;
        selector = selector(request);
    }

    /** Serves the watch on the calling thread; comes back when it has ended. */
    void serve(HttpExchange exchange) throws IOException {
        String from = request.parameter("resourceVersion");
        if (!from.matches("\\d*")) {
            throw ApiException.of(500, "", "resourceVersion: Invalid value: \"" + from + "\": it is not a number");
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        try {
            if (from.isEmpty() || from.equals("0") || request.flag("sendInitialEvents")) {
                Store.ListedWatch listed = store.listAndWatch(request.type().key(), request.namespace());
                try (Watch watch = listed.watch()) {
                    for (StoredObject object : listed.listing().objects()) {
                        if (selector.matches(object.json())) {
                            out.write(view.added(object));
                        }
                    }
                    if (request.flag("sendInitialEvents")) {
                        bookmark(out, listed.listing().revision(), true);
                    }
                    out.flush();
                    follow(exchange, watch, out, listed.listing().revision());
                }
            } else {
                try (Watch watch = store.watch(request.type().key(), Long.parseLong(from))) {
                    // A client takes the watch for open when it has the headers, and the JDK's server keeps those
                    // until there is something to send.
                    bookmark(out, watch, Long.parseLong(from));
                    out.flush();
                    follow(exchange, watch, out, Long.parseLong(from));
                }
            }
        } catch (ApiException e) {
            out.write(WatchEvent.line("ERROR", Json.bytes(e.status())));
            out.close();
            exchange.close();
        }
    }

    private void follow(HttpExchange exchange, Watch watch, OutputStream out, long from) throws IOException {
        String seconds = request.parameter("timeoutSeconds");
        Duration limit = Duration.ofSeconds(seconds.isEmpty() ? 1800 : Long.parseLong(seconds));
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!watch.isClosed()) {
                Duration left = Duration.ofNanos(end - System.nanoTime());
                if (left.isNegative() || left.isZero()) {
                    bookmark(out, watch, from);
                    out.close();
                    break;
                }
                Optional<WatchEvent> event = watch.next(shorter(left, BOOKMARK_INTERVAL));
                if (event.isPresent()) {
                    write(out, event.get());
                } else if (!watch.isClosed() && left.compareTo(BOOKMARK_INTERVAL) > 0) {
                    bookmark(out, watch, from);
                }
                if (watch.isDrained()) {
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Without the last chunk, unless the time was over: the client sees a broken stream, as from a dying
            // server.
            exchange.close();
        }
    }

    private void write(OutputStream out, WatchEvent event) throws IOException {
        Optional<WatchEvent> visible = event.through(selector);
        if (visible.isPresent()) {
            out.write(view.line(visible.get()));
        }
    }

    /** Tells the present revision, if everything up to it has been told. */
    private void bookmark(OutputStream out, Watch watch, long from) throws IOException {
        long revision = Math.max(from, store.revision());
        if (request.flag("allowWatchBookmarks") && watch.isDrained()) {
            bookmark(out, revision, false);
        }
    }

    /** @param complete whether all that was there when the watch began has been told, for those who ask for that by sendInitialEvents */
    private void bookmark(OutputStream out, long revision, boolean complete) throws IOException {
        ObjectNode object = Json.object();
        object.put("kind", request.type().kind())
                .put("apiVersion", request.type().apiVersion());
        ObjectNode metadata = object.putObject("metadata").put("resourceVersion", Long.toString(revision));
        if (complete) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        out.write(WatchEvent.line("BOOKMARK", Json.bytes(object)));
    }

    private static Selector selector(ApiRequest request) {
        Selector asked =
                Selectors.of(request.type(), request.parameter("labelSelector"), request.parameter("fieldSelector"));
        String namespace = request.namespace();
        String name = request.name();
        return asked.and(o -> (namespace.isEmpty() || Json.namespace(o).equals(namespace))
                && (name.isEmpty() || Json.name(o).equals(name)));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
