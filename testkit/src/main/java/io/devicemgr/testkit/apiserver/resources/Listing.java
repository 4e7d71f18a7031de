package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.store.Selector;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** One page of a list. */
public record Listing(ResourceType type, long revision, List<StoredObject> objects, String next, int remaining) {

    static Listing read(Store store, ApiRequest request) {
        ResourceType type = request.type();
        Selector selector = Selectors.of(type, request.parameter("labelSelector"), request.parameter("fieldSelector"));
        Store.Listing all = store.list(type.key(), request.namespace());
        List<StoredObject> matching =
                all.objects().stream().filter(o -> selector.matches(o.json())).toList();
        String token = request.parameter("continue");
        long revision = all.revision();
        if (!token.isEmpty()) {
            JsonNode from = decode(token);
            revision = from.path("rv").asLong();
            requireNotTooOld(store, type, revision);
            String start = Json.at(from, "start");
            matching =
                    matching.stream().filter(o -> key(o).compareTo(start) > 0).toList();
        }
        int limit = request.parameter("limit").isEmpty() ? 0 : Integer.parseInt(request.parameter("limit"));
        if (limit <= 0 || matching.size() <= limit) {
            return new Listing(type, revision, matching, "", 0);
        }
        List<StoredObject> page = matching.subList(0, limit);
        return new Listing(type, revision, page, encode(revision, key(page.get(limit - 1))), matching.size() - limit);
    }

    private static void requireNotTooOld(Store store, ResourceType type, long revision) {
        if (store.isTooOld(type.key(), revision)) {
            throw ApiException.of(
                    410,
                    "Expired",
                    "The provided continue parameter is too old to display a consistent list result. You can start a new"
                            + " list without the continue parameter.");
        }
    }

    private static String key(StoredObject object) {
        return object.namespace() + "/" + object.name();
    }

    private static String encode(long revision, String start) {
        byte[] text = Json.bytes(Json.object().put("rv", revision).put("start", start));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    }

    private static JsonNode decode(String token) {
        try {
            return Json.parse(Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException | IllegalArgumentException e) {
            throw ApiException.badRequest("continue key is not valid: " + e.getMessage());
        }
    }
}
