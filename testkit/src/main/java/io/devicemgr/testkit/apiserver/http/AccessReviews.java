package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.RequestLog;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.store.Store;
import java.io.IOException;

/** Answers "may I?": to service accounts as their roles say, to everybody else with yes. */
final class AccessReviews implements Gateway.PathHandler {
    private static final String AUTHORIZATION = "/apis/authorization.k8s.io/v1/";
    private static final String AUTHENTICATION = "/apis/authentication.k8s.io/v1/";

    private final Rbac rbac;
    private final RequestLog log;

    AccessReviews(Store store, RequestLog log) {
        this.rbac = new Rbac(store);
        this.log = log;
    }

    static boolean means(String path) {
        return path.startsWith(AUTHORIZATION) || path.startsWith(AUTHENTICATION);
    }

    @Override
    public boolean handle(HttpExchange exchange, String path, User user) throws IOException {
        if (!means(path) || !exchange.getRequestMethod().equals("POST")) {
            return false;
        }
        ObjectNode review =
                Json.parse(exchange.getRequestBody().readAllBytes()) instanceof ObjectNode o ? o : Json.object();
        ObjectNode status = review.putObject("status");
        switch (path.substring(path.lastIndexOf('/') + 1)) {
            case "selfsubjectrulesreviews" -> rules(status);
            case "selfsubjectreviews" -> self(status, user);
            case "selfsubjectaccessreviews" -> access(review.path("spec"), user.name(), status);
            case "subjectaccessreviews", "localsubjectaccessreviews" ->
                access(review.path("spec"), Json.at(review, "spec", "user"), status);
            default -> {
                return false;
            }
        }
        Responses.json(exchange, 201, review);
        return true;
    }

    private void access(JsonNode spec, String user, ObjectNode status) {
        JsonNode asked = spec.path("resourceAttributes");
        if (asked.isMissingNode()) {
            status.put("allowed", true);
            return;
        }
        RequestInfo request = new RequestInfo(
                user,
                Json.at(asked, "verb"),
                Json.at(asked, "group"),
                Json.at(asked, "resource"),
                Json.at(asked, "subresource"),
                Json.at(asked, "namespace"),
                Json.at(asked, "name"));
        log.recordReview(request);
        status.put("allowed", rbac.allows(request));
    }

    private static void rules(ObjectNode status) {
        ObjectNode rule = status.putArray("resourceRules").addObject();
        rule.putArray("verbs").add("*");
        rule.putArray("apiGroups").add("*");
        rule.putArray("resources").add("*");
        ObjectNode paths = status.putArray("nonResourceRules").addObject();
        paths.putArray("verbs").add("*");
        paths.putArray("nonResourceURLs").add("*");
        status.put("incomplete", false);
    }

    private static void self(ObjectNode status, User user) {
        ObjectNode info = status.putObject("userInfo").put("username", user.name());
        user.groups().forEach(info.putArray("groups")::add);
        ObjectNode extra = Json.object();
        user.extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        if (!extra.isEmpty()) {
            info.set("extra", extra);
        }
    }
}
