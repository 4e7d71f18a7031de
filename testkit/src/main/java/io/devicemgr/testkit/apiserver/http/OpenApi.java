package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.resources.BuiltinKinds;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import java.util.List;
import java.util.Set;

/** The OpenAPI v3 document of one group and version: what kubectl needs for apply, validation and explain. */
final class OpenApi {
    private static final String OBJECT_META = "meta.v1.ObjectMeta";
    private static final List<String> PATCHES =
            List.of("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json");

    private final BuiltinKinds builtin;
    private final ObjectNode document = Json.object();
    private final ObjectNode schemas;

    private OpenApi(BuiltinKinds builtin) {
        this.builtin = builtin;
        document.put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", "v1.36.2");
        document.putObject("paths");
        schemas = document.putObject("components").putObject("schemas");
    }

    static byte[] document(BuiltinKinds builtin, List<ResourceType> types) {
        OpenApi openApi = new OpenApi(builtin);
        types.forEach(openApi::add);
        return Json.bytes(openApi.document);
    }

    private void add(ResourceType type) {
        String name = type.custom() ? custom(type) : builtin.definitionOf(type);
        define(name);
        gvk(
                schemas.withObjectProperty(name)
                        .withArrayProperty("x-kubernetes-group-version-kind")
                        .addObject(),
                type);
        String base = (type.group().isEmpty() ? "/api/v1" : "/apis/" + type.apiVersion())
                + (type.namespaced() ? "/namespaces/{namespace}/" : "/")
                + type.plural();
        ObjectNode collection = Json.child(document, "paths").putObject(base);
        operation(collection, "get", "list", type, name);
        operation(collection, "post", "post", type, name);
        ObjectNode single = Json.child(document, "paths").putObject(base + "/{name}");
        List.of("get", "put", "patch", "delete").forEach(m -> operation(single, m, m, type, name));
        if (type.hasStatus()) {
            ObjectNode status = Json.child(document, "paths").putObject(base + "/{name}/status");
            List.of("get", "put", "patch").forEach(m -> operation(status, m, m, type, name));
        }
    }

    private static void operation(ObjectNode path, String method, String action, ResourceType type, String schema) {
        ObjectNode operation = path.putObject(method);
        operation.put("operationId", action + type.kind());
        operation.put("x-kubernetes-action", action);
        gvk(operation.putObject("x-kubernetes-group-version-kind"), type);
        ArrayNode parameters = operation.putArray("parameters");
        if (Set.of("post", "put", "patch").contains(method)) {
            List.of("dryRun", "fieldManager", "fieldValidation").forEach(p -> parameter(parameters, p));
        }
        if (method.equals("patch")) {
            ObjectNode content = operation.putObject("requestBody").putObject("content");
            PATCHES.forEach(p -> content.putObject(p).putObject("schema").put("type", "object"));
            if (!type.custom()) {
                content.putObject("application/strategic-merge-patch+json")
                        .putObject("schema")
                        .put("type", "object");
            }
        }
        operation
                .putObject("responses")
                .putObject("200")
                .put("description", "OK")
                .putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/" + schema);
    }

    private static void parameter(ArrayNode parameters, String name) {
        parameters
                .addObject()
                .put("name", name)
                .put("in", "query")
                .putObject("schema")
                .put("type", "string")
                .put("uniqueItems", true);
    }

    private static void gvk(ObjectNode into, ResourceType type) {
        into.put("group", type.group()).put("kind", type.kind()).put("version", type.version());
    }

    private String custom(ResourceType type) {
        String name = "custom." + type.group() + "." + type.version() + "." + type.kind();
        ObjectNode schema = type.schema().source().deepCopy();
        ObjectNode properties = Json.child(schema, "properties");
        properties.putObject("apiVersion").put("type", "string");
        properties.putObject("kind").put("type", "string");
        reference(properties.putObject("metadata"), OBJECT_META);
        define(OBJECT_META);
        schemas.set(name, schema);
        return name;
    }

    /** Adds a built-in definition and what it refers to. */
    private void define(String name) {
        JsonNode definition = builtin.definitions().path(name);
        if (!schemas.has(name) && definition.isObject()) {
            ObjectNode copy = definition.deepCopy();
            schemas.set(name, copy);
            translate(copy);
        }
    }

    private void translate(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            JsonNode ref = schema.remove("$ref");
            if (ref != null) {
                reference(schema, ref.asText());
                define(ref.asText());
            }
            if (schema.remove("x-scalar") != null) {
                ArrayNode oneOf = schema.putArray("oneOf");
                oneOf.addObject().put("type", schema.has("format") ? "integer" : "number");
                oneOf.addObject().put("type", "string");
            }
        }
        if (!node.has("allOf")) {
            node.forEach(this::translate);
        }
    }

    private static void reference(ObjectNode schema, String name) {
        schema.putArray("allOf").addObject().put("$ref", "#/components/schemas/" + name);
    }
}
