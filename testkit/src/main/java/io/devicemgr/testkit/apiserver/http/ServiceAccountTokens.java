package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hands out tokens of service accounts (TokenRequest), as a kubelet asks for them. Tokens do not expire. */
final class ServiceAccountTokens implements Gateway.PathHandler {
    private static final Pattern PATH = Pattern.compile("/api/v1/namespaces/([^/]+)/serviceaccounts/([^/]+)/token");
    private static final int LIFETIME_SECONDS = 3600;

    private final Store store;
    private final Identities identities;

    ServiceAccountTokens(Store store, Identities identities) {
        this.store = store;
        this.identities = identities;
    }

    static boolean means(String path) {
        return PATH.matcher(path).matches();
    }

    @Override
    public boolean handle(HttpExchange exchange, String path, Identities.User user) throws IOException {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches() || !exchange.getRequestMethod().equals("POST")) {
            return false;
        }
        String namespace = matcher.group(1);
        String name = matcher.group(2);
        store.get(new GroupResource("", "serviceaccounts"), namespace, name)
                .orElseThrow(() -> ApiException.notFound("", "serviceaccounts", name));
        String token = "sa-" + UUID.randomUUID();
        identities.add(
                token,
                "system:serviceaccount:" + namespace + ":" + name,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"));
        ObjectNode answer =
                Json.object().put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        answer.putObject("status")
                .put("token", token)
                .put(
                        "expirationTimestamp",
                        Instant.now().plusSeconds(LIFETIME_SECONDS).toString());
        Responses.json(exchange, 201, answer);
        return true;
    }
}
