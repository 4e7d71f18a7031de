package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.json.JsonPatch;
import io.devicemgr.testkit.apiserver.json.MergePatch;
import io.devicemgr.testkit.apiserver.resources.ObjectWriter.Context;
import io.devicemgr.testkit.apiserver.schema.StrategicMerge;
import io.devicemgr.testkit.apiserver.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** PATCH in its four forms. */
final class PatchVerb {
    private final Store store;
    private final ObjectWriter writer;
    private final SystemFields system;

    PatchVerb(Store store, ObjectWriter writer, SystemFields system) {
        this.store = store;
        this.writer = writer;
        this.system = system;
    }

    Outcome patch(ApiRequest request) {
        JsonNode body = body(request);
        Context context = Context.of(request);
        String kind = request.contentType().split(";", 2)[0].trim();
        return switch (kind) {
            case "application/json-patch+json" -> change(request, context, live -> patched(request, live, body));
            case "application/merge-patch+json" ->
                change(request, context, live -> asObject(MergePatch.apply(live, body)));
            case "application/strategic-merge-patch+json" -> strategic(request, context, body);
            case "application/apply-patch+yaml", "application/apply-patch+cbor" -> apply(request, context, body);
            default ->
                throw ApiException.unsupportedMediaType(
                        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                                + (request.type().custom() ? "" : ", application/strategic-merge-patch+json"));
        };
    }

    private Outcome change(ApiRequest request, Context context, ObjectWriter.Change change) {
        return writer.update(context, request.namespace(), request.name(), true, change);
    }

    private Outcome strategic(ApiRequest request, Context context, JsonNode body) {
        if (request.type().custom()) {
            throw ApiException.unsupportedMediaType(
                    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
        }
        return change(
                request,
                context,
                live -> asObject(StrategicMerge.apply(request.type().schema(), live, body)));
    }

    private Outcome apply(ApiRequest request, Context context, JsonNode body) {
        if (request.parameter("fieldManager").isEmpty()) {
            FieldError missing = FieldError.required("fieldManager", "is required for apply patch");
            throw ApiException.invalid("meta.k8s.io", "PatchOptions", "", List.of(missing));
        }
        requireYaml(request.body());
        ObjectNode applied = asObject(body);
        Bodies.check(request.type(), applied, request.name(), request.namespace());
        if (Json.in(applied, "metadata").has("managedFields")
                && !Json.in(applied, "metadata", "managedFields").isEmpty()) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        if (store.get(request.type().key(), request.namespace(), request.name()).isEmpty()) {
            return applyNew(request, context, applied);
        }
        return writer.update(
                context, request.namespace(), request.name(), false, live -> merged(request, context, live, applied));
    }

    private Outcome applyNew(ApiRequest request, Context context, ObjectNode applied) {
        if (!request.subresource().isEmpty()
                || !Json.at(applied, "metadata", "uid").isEmpty()) {
            throw ApiException.notFound(request.type().group(), request.type().plural(), request.name());
        }
        ObjectNode owned = merged(request, context, Json.object(), applied);
        owned.put("kind", request.type().kind());
        Json.metadata(owned).put("name", request.name());
        return writer.createApplied(context, request.namespace(), owned);
    }

    private ObjectNode merged(ApiRequest request, Context context, ObjectNode live, ObjectNode applied) {
        ObjectNode next = ObjectWriter.ownership(context)
                .apply(
                        live,
                        applied,
                        context.manager(),
                        request.flag("force"),
                        system.now(),
                        ObjectWriter.ignored(context));
        String asked = Json.at(applied, "metadata", "resourceVersion");
        if (!live.isEmpty()) {
            Json.metadata(next).set("resourceVersion", live.at("/metadata/resourceVersion"));
        }
        if (!asked.isEmpty()) {
            Json.metadata(next).put("resourceVersion", asked);
        }
        return next;
    }

    private static ObjectNode patched(ApiRequest request, ObjectNode live, JsonNode body) {
        try {
            return asObject(JsonPatch.apply(live, body));
        } catch (JsonPatch.Failed e) {
            throw ApiException.of(422, "Invalid", e.getMessage());
        }
    }

    /** What is applied is read as YAML, in which JSON must escape more than in JSON. */
    private static void requireYaml(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        boolean readable =
                text.chars().noneMatch(c -> c >= 0x7f && c <= 0x9f && c != 0x85 || c == 0xfffe || c == 0xffff);
        if (!readable) {
            throw ApiException.badRequest(
                    "error decoding YAML: error converting YAML to JSON: yaml: control characters are"
                            + " not allowed");
        }
    }

    private static JsonNode body(ApiRequest request) {
        try {
            return Json.parse(request.body());
        } catch (IOException e) {
            throw ApiException.badRequest("error decoding patch: " + e.getMessage());
        }
    }

    private static ObjectNode asObject(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("the patch does not result in an object");
    }
}
