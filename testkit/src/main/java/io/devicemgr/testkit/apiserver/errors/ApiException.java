package io.devicemgr.testkit.apiserver.errors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.List;
import java.util.stream.Collectors;

/** A refusal with the Status object that the client gets. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;
    private final transient ObjectNode details;

    public ApiException(int code, String reason, String message, ObjectNode details) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    /** The metav1.Status of this refusal. */
    public ObjectNode status() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", getMessage());
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (details != null) {
            status.set("details", details);
        }
        return status.put("code", code);
    }

    public static ApiException of(int code, String reason, String message) {
        return new ApiException(code, reason, message, null);
    }

    public static ApiException badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    public static ApiException notFound(String group, String plural, String name) {
        return new ApiException(
                404,
                "NotFound",
                qualified(group, plural) + " \"" + name + "\" not found",
                details(group, plural, name));
    }

    /** What a path answers that no handler serves. */
    public static ApiException noSuchPath() {
        return of(404, "NotFound", "the server could not find the requested resource");
    }

    public static ApiException alreadyExists(String group, String plural, String name) {
        return new ApiException(
                409,
                "AlreadyExists",
                qualified(group, plural) + " \"" + name + "\" already exists",
                details(group, plural, name));
    }

    public static ApiException conflict(String group, String plural, String name, String why) {
        return new ApiException(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + qualified(group, plural) + " \"" + name + "\": " + why,
                details(group, plural, name));
    }

    public static ApiException modified(String group, String plural, String name) {
        return conflict(
                group,
                plural,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    public static ApiException forbidden(String group, String plural, String name, String why) {
        return new ApiException(
                403,
                "Forbidden",
                qualified(group, plural) + " \"" + name + "\" is forbidden: " + why,
                details(group, plural, name));
    }

    public static ApiException methodNotAllowed() {
        return of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    public static ApiException unsupportedMediaType(String accepted) {
        return of(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: " + accepted);
    }

    public static ApiException expired(long asked, long oldest) {
        return of(410, "Expired", "too old resource version: " + asked + " (" + oldest + ")");
    }

    /** 422 with one cause per violation. */
    public static ApiException invalid(String group, String kind, String name, List<FieldError> errors) {
        List<String> lines = errors.stream().map(FieldError::line).distinct().collect(Collectors.toList());
        String text = lines.size() == 1 ? lines.get(0) : "[" + String.join(", ", lines) + "]";
        ObjectNode details = details(group, kind, name);
        errors.forEach(e -> details.withArray("causes")
                .addObject()
                .put("reason", e.reason())
                .put("message", e.message())
                .put("field", e.field()));
        return new ApiException(
                422,
                "Invalid",
                (kind.isEmpty() ? "" : qualified(group, kind) + ' ') + '"' + name + "\" is invalid: " + text,
                details);
    }

    private static String qualified(String group, String resource) {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    private static ObjectNode details(String group, String kind, String name) {
        ObjectNode details = Json.object();
        if (!name.isEmpty()) {
            details.put("name", name);
        }
        if (!group.isEmpty()) {
            details.put("group", group);
        }
        return details.put("kind", kind);
    }
}
