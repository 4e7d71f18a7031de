package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Schema.ListKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds an object against its structural schema, with the words of the real server. */
public final class Validation {
    private final List<FieldError> errors = new ArrayList<>();

    private Validation() {}

    /**
     * The violations of an object; parts that equal their old value are let through, as Kubernetes does since 1.30.
     *
     * @param old the object before, or null
     */
    public static List<FieldError> violations(Schema schema, JsonNode object, JsonNode old) {
        Validation validation = new Validation();
        validation.visit(schema, object, old, "");
        return validation.errors;
    }

    private void visit(Schema schema, JsonNode value, JsonNode old, String path) {
        if (value.equals(old) || value.isNull() && (schema.nullable() || schema.isUntyped())) {
            return;
        }
        if (!hasType(schema, value)) {
            wrongType(schema, value, path);
            return;
        }
        enumeration(schema, value, path);
        switch (value.getNodeType()) {
            case OBJECT -> object(schema, value, old, path);
            case ARRAY -> array(schema, value, old, path);
            case STRING -> text(schema, value, path);
            case NUMBER -> {
                if (schema.bounds().format().equals("int32") && !value.canConvertToInt()) {
                    unchecked(path, "with format int32");
                }
                number(schema.bounds(), value, path);
            }
            default -> {}
        }
    }

    private void wrongType(Schema schema, JsonNode value, String path) {
        String format = schema.bounds().format();
        boolean sized = schema.type().equals("integer") && value.isNumber() && !format.isEmpty();
        String type = schema.intOrString() ? "integer,string" : sized ? format : schema.type();
        String shown = sized ? "\"float64\"" : shownType(value);
        errors.add(FieldError.ofReason(
                path,
                "FieldValueTypeInvalid",
                "Invalid value: " + shown + ": " + path + " in body must be of type " + type + ": " + shown));
        if (schema.type().equals("integer") && value.isNumber()) {
            unchecked(path, sized ? "with format " + format : "(default format)");
        }
    }

    private void unchecked(String path, String format) {
        errors.add(FieldError.ofReason(
                "<nil>",
                "FieldValueInvalid",
                "Invalid value: \"\": Checked value must be of type integer " + format + " in " + path));
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    /** A quantity may be any number; what is int-or-string has a format or is a custom resource's. */
    private static boolean isQuantity(Schema schema) {
        return schema.source().path("x-scalar").asBoolean(false)
                && !schema.source().has("format");
    }

    private static boolean hasType(Schema schema, JsonNode value) {
        if (schema.intOrString()) {
            return isWhole(value) || value.isTextual() || value.isNumber() && isQuantity(schema);
        }
        return switch (schema.type()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> isWhole(value);
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    private static String shownType(JsonNode value) {
        String type = FieldError.typeInvalid("", value, "").message();
        return type.substring("Invalid value: ".length());
    }

    private void enumeration(Schema schema, JsonNode value, String path) {
        List<JsonNode> allowed = schema.bounds().enumeration();
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            errors.add(FieldError.notSupported(
                    path, value, allowed.stream().map(JsonNode::asText).toList()));
        }
    }

    private void object(Schema schema, JsonNode value, JsonNode old, String path) {
        Bounds bounds = schema.bounds();
        for (String name : bounds.required()) {
            if (!value.has(name)) {
                errors.add(FieldError.required(child(path, name), ""));
            }
        }
        if (bounds.maxProperties() != null && value.size() > bounds.maxProperties()) {
            errors.add(FieldError.tooMany(path, value.size(), bounds.maxProperties()));
        }
        if (bounds.minProperties() != null && value.size() < bounds.minProperties()) {
            invalid(
                    path,
                    Json.object().numberNode(value.size()),
                    "should have at least " + bounds.minProperties() + " properties");
        }
        value.properties()
                .forEach(e -> schema.field(e.getKey())
                        .ifPresent(field -> visit(
                                field,
                                e.getValue(),
                                old == null ? null : old.get(e.getKey()),
                                child(path, e.getKey()))));
    }

    private void array(Schema schema, JsonNode value, JsonNode old, String path) {
        Bounds bounds = schema.bounds();
        if (bounds.maxItems() != null && value.size() > bounds.maxItems()) {
            errors.add(FieldError.tooMany(path, value.size(), bounds.maxItems()));
        }
        if (bounds.minItems() != null && value.size() < bounds.minItems()) {
            invalid(
                    path,
                    Json.object().numberNode(value.size()),
                    "should have at least " + bounds.minItems() + " items");
        }
        Set<JsonNode> seen = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            JsonNode key = identity(schema, item);
            if (key != null && !seen.add(key)) {
                errors.add(FieldError.duplicate(path + "[" + i + "]", key));
            }
            visit(schema.itemOrAny(), item, counterpart(schema, key, old), path + "[" + i + "]");
        }
    }

    private static JsonNode identity(Schema list, JsonNode item) {
        if (list.listKind() == ListKind.MAP) {
            ObjectNode key = Json.object();
            list.listMapKeys().stream().filter(item::has).forEach(k -> key.set(k, item.get(k)));
            return key;
        }
        return list.listKind() == ListKind.SET ? item : null;
    }

    private static JsonNode counterpart(Schema list, JsonNode key, JsonNode old) {
        if (old != null && list.listKind() == ListKind.MAP) {
            for (JsonNode candidate : old) {
                if (identity(list, candidate).equals(key)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private void text(Schema schema, JsonNode value, String path) {
        Bounds bounds = schema.bounds();
        int length = value.textValue().codePointCount(0, value.textValue().length());
        if (bounds.maxLength() != null && length > bounds.maxLength()) {
            errors.add(FieldError.tooLong(path, bounds.maxLength()));
        }
        if (bounds.minLength() != null && length < bounds.minLength()) {
            invalid(path, value, "should be at least " + bounds.minLength() + " chars long");
        }
        if (bounds.pattern() != null
                && !bounds.pattern().matcher(value.textValue()).find()) {
            invalid(path, value, "should match '" + bounds.pattern().pattern() + "'");
        }
        if (!Formats.isValid(bounds.format(), value.textValue())) {
            errors.add(FieldError.ofReason(
                    path,
                    "FieldValueTypeInvalid",
                    "Invalid value: " + Json.text(value) + ": " + path + " in body must be of type " + bounds.format()
                            + ": " + Json.text(value)));
        }
    }

    private void number(Bounds bounds, JsonNode value, String path) {
        double number = value.doubleValue();
        if (bounds.maximum() != null
                && (number > bounds.maximum() || bounds.exclusiveMaximum() && number == bounds.maximum())) {
            invalid(
                    path,
                    value,
                    "should be less than " + (bounds.exclusiveMaximum() ? "" : "or equal to ")
                            + plain(bounds.maximum()));
        }
        if (bounds.minimum() != null
                && (number < bounds.minimum() || bounds.exclusiveMinimum() && number == bounds.minimum())) {
            invalid(
                    path,
                    value,
                    "should be greater than " + (bounds.exclusiveMinimum() ? "" : "or equal to ")
                            + plain(bounds.minimum()));
        }
        if (bounds.multipleOf() != null && number % bounds.multipleOf() != 0) {
            invalid(path, value, "should be a multiple of " + plain(bounds.multipleOf()));
        }
    }

    private void invalid(String path, JsonNode value, String what) {
        errors.add(FieldError.invalid(path, value, path + " in body " + what));
    }

    private static String plain(double number) {
        return number % 1 == 0 ? Long.toString((long) number) : Double.toString(number);
    }

    private static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
