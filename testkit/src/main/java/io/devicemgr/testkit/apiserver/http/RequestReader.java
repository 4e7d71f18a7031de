package io.devicemgr.testkit.apiserver.http;

import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.ApiRequest;
import io.devicemgr.testkit.apiserver.resources.ApiRequest.Verb;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the path of an HTTP request into the resource it means. */
final class RequestReader {
    private static final List<String> NAMESPACE_SUBRESOURCES = List.of("status", "finalize");

    private final KindRegistry kinds;

    RequestReader(KindRegistry kinds) {
        this.kinds = kinds;
    }

    /** A resource path, taken apart. */
    private record Path(
            String group, String version, String namespace, String plural, String name, String subresource) {}

    /** The request; throws 404 when the path means no served resource and 405 when the method does not fit. */
    ApiRequest read(HttpExchange exchange, User user) throws IOException {
        Path path = path(exchange.getRequestURI().getPath()).orElseThrow(ApiException::noSuchPath);
        ResourceType type = kinds.find(path.group(), path.version(), path.plural())
                .filter(t -> t.namespaced() || path.namespace().isEmpty())
                .orElseThrow(ApiException::noSuchPath);
        if (!serves(type, path.subresource())) {
            throw ApiException.noSuchPath();
        }
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        return new ApiRequest(
                verb(exchange.getRequestMethod(), path, query),
                type,
                path.namespace(),
                path.name(),
                path.subresource(),
                query,
                user,
                header(exchange, "User-Agent"),
                header(exchange, "Content-Type"),
                exchange.getRequestBody().readAllBytes());
    }

    private static boolean serves(ResourceType type, String subresource) {
        return switch (subresource) {
            case "" -> true;
            case "status" -> type.hasStatus();
            case "eviction" -> type.plural().equals("pods");
            case "finalize" -> type.plural().equals("namespaces");
            default -> false;
        };
    }

    private static Verb verb(String method, Path path, Map<String, String> query) {
        boolean named = !path.name().isEmpty();
        boolean watch = List.of("true", "1").contains(query.getOrDefault("watch", ""));
        return switch (method) {
            case "GET" -> watch ? Verb.WATCH : named ? Verb.GET : Verb.LIST;
            case "POST" -> {
                if (named && path.subresource().isEmpty()) {
                    throw ApiException.methodNotAllowed();
                }
                yield Verb.CREATE;
            }
            case "PUT" -> requireName(named, Verb.UPDATE);
            case "PATCH" -> requireName(named, Verb.PATCH);
            case "DELETE" -> named ? Verb.DELETE : Verb.DELETECOLLECTION;
            default -> throw ApiException.methodNotAllowed();
        };
    }

    private static Verb requireName(boolean named, Verb verb) {
        if (!named) {
            throw ApiException.methodNotAllowed();
        }
        return verb;
    }

    private static Optional<Path> path(String text) {
        List<String> parts = new ArrayList<>(List.of(text.substring(1).split("/")));
        boolean core = parts.get(0).equals("api");
        int prefix = core ? 2 : 3;
        if (!core && !parts.get(0).equals("apis") || parts.size() <= prefix) {
            return Optional.empty();
        }
        String group = core ? "" : parts.get(1);
        String version = parts.get(prefix - 1);
        List<String> rest = parts.subList(prefix, parts.size());
        String namespace = "";
        boolean inNamespace = rest.get(0).equals("namespaces")
                && rest.size() > 2
                && !(rest.size() == 3 && NAMESPACE_SUBRESOURCES.contains(rest.get(2)));
        if (inNamespace) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        return rest.size() > 3
                ? Optional.empty()
                : Optional.of(new Path(group, version, namespace, rest.get(0), part(rest, 1), part(rest, 2)));
    }

    private static String part(List<String> parts, int at) {
        return at < parts.size() ? parts.get(at) : "";
    }

    static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }
}
