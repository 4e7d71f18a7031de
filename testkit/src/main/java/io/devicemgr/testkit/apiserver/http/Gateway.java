package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.RequestLog;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.ApiRequest;
import io.devicemgr.testkit.apiserver.resources.ApiRequest.Verb;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.Outcome;
import io.devicemgr.testkit.apiserver.resources.ResourceVerbs;
import io.devicemgr.testkit.apiserver.store.Store;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every request comes through here: who is it, is trouble ordered, what does it mean, who answers. */
public final class Gateway implements HttpFront.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final Store store;
    private final ResourceVerbs verbs;
    private final RequestReader reader;
    private final Identities identities;
    private final Faults faults;
    private final RequestLog log;
    private final List<PathHandler> others;

    /** Answers paths that are no resources. */
    interface PathHandler {
        /** True when it has answered. */
        boolean handle(HttpExchange exchange, String path, User user) throws IOException;
    }

    public Gateway(
            Store store,
            KindRegistry kinds,
            ResourceVerbs verbs,
            Identities identities,
            Faults faults,
            RequestLog log) {
        this.store = store;
        this.verbs = verbs;
        this.identities = identities;
        this.faults = faults;
        this.log = log;
        reader = new RequestReader(kinds);
        others = List.of(
                new ServiceAccountTokens(store, identities),
                new AccessReviews(store, log),
                new Discovery(kinds),
                new OpenApiPages(kinds));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            answer(exchange);
        } catch (ApiException e) {
            Responses.refusal(exchange, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.close();
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            Responses.refusal(exchange, ApiException.of(500, "InternalError", "Internal error occurred: " + e));
        }
    }

    private void answer(HttpExchange exchange) throws IOException, InterruptedException {
        User user = identities.of(exchange);
        if (RequestReader.header(exchange, "Upgrade").equalsIgnoreCase("websocket")) {
            declineWebSocket(exchange);
            return;
        }
        String path = exchange.getRequestURI().getPath();
        Optional<ApiRequest> request = resourceRequest(exchange, path, user);
        RequestInfo info = request.map(Gateway::info)
                .orElseGet(() -> new RequestInfo(
                        user.name(), exchange.getRequestMethod().toLowerCase(Locale.ROOT), "", "", "", "", path));
        log.record(info);
        Optional<Faults.Refusal> trouble = faults.meet(info);
        faults.body(info).ifPresent(broken -> exchange.setStreams(null, broken.apply(exchange.getResponseBody())));
        if (trouble.isPresent()) {
            refuse(exchange, trouble.get());
        } else if (request.isPresent()) {
            resource(exchange, request.get());
        } else {
            other(exchange, path, user);
        }
    }

    /**
     * 200 and no body: the fabric8 client then falls back to a plain HTTP watch (BaseOperation.submitWatch takes 200 and
     * 503 as "watch over HTTP"). Not recorded: the same watch comes again at once.
     */
    private static void declineWebSocket(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** Empty for paths that are no resources. */
    private Optional<ApiRequest> resourceRequest(HttpExchange exchange, String path, User user) throws IOException {
        boolean maybe = path.matches("/api/[^/]+/.+|/apis/[^/]+/[^/]+/.+")
                && !AccessReviews.means(path)
                && !ServiceAccountTokens.means(path);
        return maybe ? Optional.of(reader.read(exchange, user)) : Optional.empty();
    }

    private void other(HttpExchange exchange, String path, User user) throws IOException {
        for (PathHandler handler : others) {
            if (handler.handle(exchange, path, user)) {
                return;
            }
        }
        throw ApiException.noSuchPath();
    }

    private static void refuse(HttpExchange exchange, Faults.Refusal refusal) throws IOException {
        if (refusal.retryAfterSeconds() > 0) {
            exchange.getResponseHeaders().set("Retry-After", Integer.toString(refusal.retryAfterSeconds()));
        }
        Responses.refusal(exchange, refusal.status());
    }

    private static RequestInfo info(ApiRequest request) {
        return new RequestInfo(
                request.user().name(),
                request.verb().name().toLowerCase(Locale.ROOT),
                request.type().group(),
                request.type().plural(),
                request.subresource(),
                request.namespace(),
                request.name());
    }

    private void resource(HttpExchange exchange, ApiRequest request) throws IOException {
        Rendering rendering = Rendering.of(
                request.type(), RequestReader.header(exchange, "Accept"), request.parameter("includeObject"));
        switch (request.verb()) {
            case GET -> Responses.bytes(exchange, 200, "application/json", rendering.object(verbs.get(request)));
            case LIST -> Responses.bytes(exchange, 200, "application/json", rendering.list(verbs.list(request)));
            case WATCH -> watch(exchange, request, rendering);
            default -> write(exchange, request, rendering);
        }
    }

    private void write(HttpExchange exchange, ApiRequest request, Rendering rendering) throws IOException {
        Outcome outcome = verbs.write(request);
        Responses.warnings(exchange, outcome.warnings());
        ObjectNode object =
                request.verb() == Verb.DELETECOLLECTION ? outcome.object() : rendering.tree(outcome.object());
        Responses.json(exchange, outcome.code(), object);
    }

    private void watch(HttpExchange exchange, ApiRequest request, Rendering rendering) throws IOException {
        new WatchStream(store, request, rendering).serve(exchange);
    }
}
