package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is served: version, groups, resources, health. */
final class Discovery implements Gateway.PathHandler {
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final KindRegistry kinds;

    Discovery(KindRegistry kinds) {
        this.kinds = kinds;
    }

    @Override
    public boolean handle(HttpExchange exchange, String path, User user) throws IOException {
        String plain = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        switch (plain) {
            case "/healthz", "/readyz", "/livez" -> Responses.text(exchange, 200, "ok");
            case "/version" -> Responses.json(exchange, 200, version());
            case "/api" -> Responses.json(exchange, 200, coreVersions());
            case "/apis" -> Responses.json(exchange, 200, groups());
            default -> {
                return below(exchange, plain);
            }
        }
        return true;
    }

    private boolean below(HttpExchange exchange, String path) throws IOException {
        String[] parts = path.substring(1).split("/");
        if (parts.length == 2 && parts[0].equals("api") && parts[1].equals("v1")) {
            Responses.json(exchange, 200, resources("", "v1"));
            return true;
        }
        if (parts.length == 2 && parts[0].equals("apis") && groupVersions().containsKey(parts[1])) {
            ObjectNode group = group(parts[1], groupVersions().get(parts[1]));
            Responses.json(exchange, 200, group.put("kind", "APIGroup").put("apiVersion", "v1"));
            return true;
        }
        if (parts.length == 3
                && parts[0].equals("apis")
                && groupVersions().getOrDefault(parts[1], Set.of()).contains(parts[2])) {
            Responses.json(exchange, 200, resources(parts[1], parts[2]));
            return true;
        }
        return false;
    }

    static ObjectNode version() {
        return Json.object()
                .put("major", "1")
                .put("minor", "36")
                .put("gitVersion", "v1.36.2")
                .put("gitCommit", "simulated")
                .put("gitTreeState", "clean")
                .put("buildDate", "2026-08-21T00:00:00Z")
                .put("goVersion", "go1.26.11")
                .put("compiler", "gc")
                .put("platform", "linux/amd64");
    }

    private static ObjectNode coreVersions() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs");
        return versions;
    }

    /** The versions of every named group; review kinds that are answered but not stored are among them. */
    private Map<String, Set<String>> groupVersions() {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (ResourceType type : kinds.all()) {
            if (!type.group().isEmpty()) {
                groups.computeIfAbsent(type.group(), g -> new LinkedHashSet<>()).add(type.version());
            }
        }
        groups.put("authorization.k8s.io", Set.of("v1"));
        groups.put("authentication.k8s.io", Set.of("v1"));
        return groups;
    }

    private ObjectNode groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        groupVersions().forEach((group, versions) -> groups.add(group(group, versions)));
        return list;
    }

    private static ObjectNode group(String name, Set<String> versions) {
        ObjectNode group = Json.object().put("name", name);
        ArrayNode list = group.putArray("versions");
        versions.forEach(
                v -> list.addObject().put("groupVersion", name + "/" + v).put("version", v));
        group.set("preferredVersion", list.get(0));
        return group;
    }

    private ObjectNode resources(String group, String version) {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : kinds.all()) {
            if (type.group().equals(group) && type.version().equals(version)) {
                describe(type, resources);
            }
        }
        reviews(group, resources);
        return list;
    }

    private static void describe(ResourceType type, ArrayNode resources) {
        ObjectNode resource =
                resource(resources, type.plural(), type.singular(), type.namespaced(), type.kind(), VERBS);
        if (!type.shortNames().isEmpty()) {
            type.shortNames().forEach(resource.putArray("shortNames")::add);
        }
        if (!type.categories().isEmpty()) {
            type.categories().forEach(resource.putArray("categories")::add);
        }
        if (type.hasStatus()) {
            resource(
                    resources,
                    type.plural() + "/status",
                    "",
                    type.namespaced(),
                    type.kind(),
                    List.of("get", "patch", "update"));
        }
        if (type.plural().equals("pods")) {
            resource(resources, "pods/eviction", "", true, "Eviction", List.of("create"))
                    .put("group", "policy")
                    .put("version", "v1");
        }
    }

    private static void reviews(String group, ArrayNode resources) {
        List<String> create = List.of("create");
        if (group.equals("authorization.k8s.io")) {
            resource(
                    resources,
                    "selfsubjectaccessreviews",
                    "selfsubjectaccessreview",
                    false,
                    "SelfSubjectAccessReview",
                    create);
            resource(
                    resources,
                    "selfsubjectrulesreviews",
                    "selfsubjectrulesreview",
                    false,
                    "SelfSubjectRulesReview",
                    create);
        } else if (group.equals("authentication.k8s.io")) {
            resource(resources, "selfsubjectreviews", "selfsubjectreview", false, "SelfSubjectReview", create);
        }
    }

    private static ObjectNode resource(
            ArrayNode resources, String name, String singular, boolean namespaced, String kind, List<String> verbs) {
        ObjectNode resource = resources
                .addObject()
                .put("name", name)
                .put("singularName", singular)
                .put("namespaced", namespaced)
                .put("kind", kind);
        verbs.forEach(resource.putArray("verbs")::add);
        return resource;
    }
}
