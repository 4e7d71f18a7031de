package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What roles and bindings say about a service account, in the server's own words. Nothing is held to it. */
final class Rbac {
    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private final Store store;

    Rbac(Store store) {
        this.store = store;
    }

    /** Whether the user of the request may do that; everybody but service accounts may do everything. */
    boolean allows(RequestInfo asked) {
        return !asked.user().startsWith(SERVICE_ACCOUNT) || rules(asked).anyMatch(rule -> allows(rule, asked));
    }

    private Stream<JsonNode> rules(RequestInfo asked) {
        Stream<StoredObject> own = asked.namespace().isEmpty() ? Stream.of() : all("rolebindings", asked.namespace());
        return Stream.concat(all("clusterrolebindings", ""), own)
                .filter(binding -> elements(binding.json().path("subjects"))
                        .anyMatch(subject -> subject(subject).equals(asked.user())))
                .flatMap(binding -> role(binding).stream())
                .flatMap(role -> elements(role.json().path("rules")));
    }

    private Stream<StoredObject> all(String resource, String namespace) {
        return store.list(new GroupResource(GROUP, resource), namespace).objects().stream();
    }

    private Optional<StoredObject> role(StoredObject binding) {
        boolean cluster = Json.at(binding.json(), "roleRef", "kind").equals("ClusterRole");
        return store.get(
                new GroupResource(GROUP, cluster ? "clusterroles" : "roles"),
                cluster ? "" : binding.namespace(),
                Json.at(binding.json(), "roleRef", "name"));
    }

    private static String subject(JsonNode subject) {
        return SERVICE_ACCOUNT + Json.at(subject, "namespace") + ":" + Json.at(subject, "name");
    }

    private static boolean allows(JsonNode rule, RequestInfo asked) {
        String resource =
                asked.subresource().isEmpty() ? asked.resource() : asked.resource() + "/" + asked.subresource();
        return has(rule, "apiGroups", asked.group())
                && has(rule, "resources", resource)
                && has(rule, "verbs", asked.verb())
                && (rule.path("resourceNames").isEmpty()
                        || elements(rule.path("resourceNames"))
                                .anyMatch(name -> name.asText().equals(asked.name())));
    }

    private static boolean has(JsonNode rule, String list, String value) {
        return elements(rule.path(list)).map(JsonNode::asText).anyMatch(each -> each.equals("*") || each.equals(value));
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
