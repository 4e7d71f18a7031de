package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.json.Protobuf;
import java.io.IOException;

/** Reads the object in a request's body and holds it against the path. */
final class Bodies {
    private Bodies() {}

    static ObjectNode object(ApiRequest request) {
        if (Protobuf.means(request.contentType())
                && !Protobuf.reads(request.type().kind())) {
            throw ApiException.unsupportedMediaType(
                    "application/json, application/yaml (this simulated server reads protobuf of Secrets alone: send a manifest"
                            + " with kubectl apply -f or kubectl create -f)");
        }
        try {
            if (parsed(request) instanceof ObjectNode object) {
                check(request.type(), object, request.name(), request.namespace());
                return object;
            }
        } catch (IOException e) {
            throw ApiException.badRequest("the object provided is unrecognized (must be of type "
                    + request.type().kind() + "): " + e.getMessage());
        }
        throw ApiException.badRequest("the object provided is unrecognized (must be of type "
                + request.type().kind() + ")");
    }

    /** The delete options; an empty body has none. */
    static JsonNode options(ApiRequest request) {
        if (request.body().length == 0) {
            return Json.object();
        }
        try {
            return parsed(request);
        } catch (IOException e) {
            throw ApiException.badRequest("cannot read the delete options: " + e.getMessage());
        }
    }

    private static JsonNode parsed(ApiRequest request) throws IOException {
        return Protobuf.means(request.contentType()) ? Protobuf.parse(request.body()) : Json.parse(request.body());
    }

    /** Throws 400 when kind, version, name or namespace differ from the path; fills in what a built-in kind may leave out. */
    static void check(ResourceType type, ObjectNode object, String name, String namespace) {
        if (type.custom() && Json.at(object, "kind").isEmpty()) {
            throw ApiException.badRequest("the object provided is unrecognized (must be of type " + type.kind()
                    + "): Object 'Kind' is missing in '" + Json.text(object) + "'");
        }
        if (!type.custom()) {
            BuiltinDefaults.absent(object, "apiVersion", type.apiVersion());
            BuiltinDefaults.absent(object, "kind", type.kind());
        }
        String apiVersion = Json.at(object, "apiVersion");
        if (!apiVersion.equals(type.apiVersion())) {
            throw ApiException.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + type.apiVersion() + ")");
        }
        if (!Json.at(object, "kind").equals(type.kind())) {
            throw ApiException.badRequest(Json.at(object, "kind") + " in version \"" + type.version()
                    + "\" cannot be handled as a " + type.kind() + ": converting (" + Json.at(object, "kind") + ") to ("
                    + type.kind() + "): unknown conversion");
        }
        ObjectNode metadata = Json.metadata(object);
        String said = Json.at(metadata, "name");
        if (!name.isEmpty() && !said.isEmpty() && !said.equals(name)) {
            throw ApiException.badRequest(
                    "the name of the object (" + said + ") does not match the name on the URL (" + name + ")");
        }
        if (!name.isEmpty()) {
            metadata.put("name", name);
        }
        String home = Json.at(metadata, "namespace");
        if (type.namespaced() && !home.isEmpty() && !home.equals(namespace)) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
    }
}
