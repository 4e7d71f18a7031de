package io.devicemgr.operator.telemetry;

import io.fabric8.kubernetes.client.http.HttpRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a request means, in the words of RBAC and without the names in it.
 *
 * @param verb get, list, watch, create, update, patch, delete, or another method in small letters
 * @param resource plural, with its subresource, such as pods or deviceplugindeployments/status; "other" for paths that are none
 */
record ApiPath(String verb, String resource) {
    private static final String OTHER = "other";

    static boolean isWatch(HttpRequest request) {
        String query = request.uri().getQuery();
        return query != null && Arrays.asList(query.split("&")).contains("watch=true");
    }

    static ApiPath of(HttpRequest request) {
        List<String> parts = List.of(request.uri().getPath().substring(1).split("/"));
        int prefix = parts.get(0).equals("api") ? 2 : 3;
        if (!List.of("api", "apis").contains(parts.get(0)) || parts.size() <= prefix) {
            return new ApiPath(verb(request, true), OTHER);
        }
        List<String> rest = parts.subList(prefix, parts.size());
        if (rest.get(0).equals("namespaces") && rest.size() > 2) {
            rest = rest.subList(2, rest.size());
        }
        String resource = rest.size() > 2 ? rest.get(0) + "/" + rest.get(2) : rest.get(0);
        return new ApiPath(verb(request, rest.size() > 1), resource);
    }

    private static String verb(HttpRequest request, boolean named) {
        return switch (request.method()) {
            case "GET" -> isWatch(request) ? "watch" : named ? "get" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            default -> request.method().toLowerCase(Locale.ROOT);
        };
    }
}
