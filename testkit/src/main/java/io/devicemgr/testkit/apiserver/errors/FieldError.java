package io.devicemgr.testkit.apiserver.errors;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.List;
import java.util.stream.Collectors;

/** One violation of an object, with the path, the cause's reason and the words that a real API server uses. */
public record FieldError(String field, String reason, String message) {

    public static FieldError required(String field, String detail) {
        return new FieldError(field, "FieldValueRequired", "Required value" + suffix(detail));
    }

    public static FieldError invalid(String field, JsonNode value, String detail) {
        return new FieldError(field, "FieldValueInvalid", "Invalid value: " + shown(value) + suffix(detail));
    }

    public static FieldError typeInvalid(String field, JsonNode value, String detail) {
        return new FieldError(field, "FieldValueTypeInvalid", "Invalid value: " + shownType(value) + suffix(detail));
    }

    public static FieldError ofReason(String field, String reason, String message) {
        return new FieldError(field, reason, message);
    }

    public static FieldError duplicate(String field, JsonNode value) {
        return new FieldError(field, "FieldValueDuplicate", "Duplicate value: " + Json.text(value));
    }

    public static FieldError notFound(String field, JsonNode value) {
        return new FieldError(field, "FieldValueNotFound", "Not found: " + Json.text(value));
    }

    public static FieldError notSupported(String field, JsonNode value, List<String> supported) {
        String values = supported.stream().map(v -> '"' + v + '"').collect(Collectors.joining(", "));
        return new FieldError(
                field,
                "FieldValueNotSupported",
                "Unsupported value: " + Json.text(value) + ": supported values: " + values);
    }

    public static FieldError tooLong(String field, int max) {
        return new FieldError(field, "FieldValueTooLong", "Too long: may not be more than " + max + " bytes");
    }

    public static FieldError tooMany(String field, int actual, int max) {
        return new FieldError(
                field, "FieldValueTooMany", "Too many: " + actual + ": must have at most " + max + " items");
    }

    public static FieldError forbidden(String field, String detail) {
        return new FieldError(field, "FieldValueForbidden", "Forbidden" + suffix(detail));
    }

    /** The line as it stands in the message of a Status. */
    public String line() {
        return field + ": " + message;
    }

    private static String suffix(String detail) {
        return detail.isEmpty() ? "" : ": " + detail;
    }

    /** Objects and lists print as their type: so does the real server. */
    private static String shown(JsonNode value) {
        return Json.text(value);
    }

    private static String shownType(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "\"object\"";
            case ARRAY -> "\"array\"";
            case STRING -> "\"string\"";
            case BOOLEAN -> "\"boolean\"";
            case NUMBER -> value.isIntegralNumber() ? "\"integer\"" : "\"number\"";
            default -> "\"null\"";
        };
    }
}
