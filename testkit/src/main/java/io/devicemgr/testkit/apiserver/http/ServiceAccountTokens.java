package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hands out tokens of service accounts (TokenRequest), as a kubelet asks for them. Tokens do not expire. */
final class ServiceAccountTokens implements Gateway.PathHandler {
    private static final Pattern PATH = Pattern.compile("/api/v1/namespaces/([^/]+)/serviceaccounts/([^/]+)/token");
    private static final int LIFETIME_SECONDS = 3600;
    private static final String EXTRA = "authentication.kubernetes.io/";

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
    public boolean handle(HttpExchange exchange, String path, User user) throws IOException {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches() || !exchange.getRequestMethod().equals("POST")) {
            return false;
        }
        String namespace = matcher.group(1);
        String name = matcher.group(2);
        store.get(new GroupResource("", "serviceaccounts"), namespace, name)
                .orElseThrow(() -> ApiException.notFound("", "serviceaccounts", name));
        String token = "sa-" + UUID.randomUUID();
        JsonNode asked = Json.parse(exchange.getRequestBody().readAllBytes());
        identities.add(
                token,
                new User(
                        "system:serviceaccount:" + namespace + ":" + name,
                        List.of(
                                "system:serviceaccounts",
                                "system:serviceaccounts:" + namespace,
                                "system:authenticated"),
                        boundTo(namespace, Json.in(asked, "spec", "boundObjectRef"))));
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

    /** Names of the pod and of the node, when the token is a pod's. */
    private Map<String, List<String>> boundTo(String namespace, JsonNode object) {
        if (!Json.at(object, "kind").equals("Pod")) {
            return Map.of();
        }
        String name = Json.at(object, "name");
        StoredObject pod = store.get(new GroupResource("", "pods"), namespace, name)
                .orElseThrow(() -> ApiException.notFound("", "pods", name));
        Map<String, List<String>> extra = new HashMap<>();
        extra.put(EXTRA + "pod-name", List.of(name));
        extra.put(EXTRA + "pod-uid", List.of(pod.uid()));
        String node = Json.at(pod.json(), "spec", "nodeName");
        if (!node.isEmpty()) {
            extra.put(User.NODE_NAME, List.of(node));
        }
        return extra;
    }
}
