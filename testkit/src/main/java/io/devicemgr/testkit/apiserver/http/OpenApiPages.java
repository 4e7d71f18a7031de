package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The index of OpenAPI v3 and its documents, made when asked for and kept while the kinds stay the same. */
final class OpenApiPages implements Gateway.PathHandler {
    private static final String ROOT = "/openapi/v3";

    private final KindRegistry kinds;
    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    private record Page(List<ResourceType> types, byte[] bytes, String hash) {
        /** Kinds are made anew when their CRD changes. */
        boolean isOf(List<ResourceType> others) {
            return types.size() == others.size() && Arrays.equals(identities(types), identities(others));
        }

        private static int[] identities(List<ResourceType> types) {
            return types.stream().mapToInt(System::identityHashCode).toArray();
        }
    }

    OpenApiPages(KindRegistry kinds) {
        this.kinds = kinds;
    }

    @Override
    public boolean handle(HttpExchange exchange, String path, User user) throws IOException {
        if (path.equals(ROOT) || path.equals(ROOT + "/")) {
            Responses.json(exchange, 200, index());
            return true;
        }
        List<ResourceType> types = path.startsWith(ROOT + "/")
                ? byPath().getOrDefault(path.substring(ROOT.length() + 1), List.of())
                : List.of();
        if (types.isEmpty()) {
            return false;
        }
        Page page = page(path.substring(ROOT.length() + 1), types);
        exchange.getResponseHeaders().set("ETag", '"' + page.hash() + '"');
        Responses.bytes(exchange, 200, "application/json", page.bytes());
        return true;
    }

    private ObjectNode index() {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        byPath().forEach((path, types) -> paths.putObject(path)
                .put(
                        "serverRelativeURL",
                        ROOT + "/" + path + "?hash=" + page(path, types).hash()));
        return index;
    }

    private Map<String, List<ResourceType>> byPath() {
        Map<String, List<ResourceType>> all = new TreeMap<>();
        for (ResourceType type : kinds.all()) {
            String path = (type.group().isEmpty() ? "api/" : "apis/") + type.apiVersion();
            all.merge(path, List.of(type), OpenApiPages::joined);
        }
        return all;
    }

    private static List<ResourceType> joined(List<ResourceType> some, List<ResourceType> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private Page page(String path, List<ResourceType> types) {
        Page known = pages.get(path);
        if (known != null && known.isOf(types)) {
            return known;
        }
        byte[] bytes = OpenApi.document(kinds.builtin(), types);
        Page page = new Page(types, bytes, HexFormat.of().toHexDigits(Arrays.hashCode(bytes)));
        pages.put(path, page);
        return page;
    }
}
