package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Defaulting;
import io.devicemgr.testkit.apiserver.schema.Pruning;
import io.devicemgr.testkit.apiserver.schema.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What every object passes before it is stored: unknown fields, defaults, names, schema and rules. */
final class ObjectRules {
    private static final Set<String> BLOCKING = Set.of(
            "FieldValueNotSupported",
            "FieldValueRequired",
            "FieldValueTooLong",
            "FieldValueTooMany",
            "FieldValueTypeInvalid");

    private ObjectRules() {}

    /**
     * Prunes the object.
     *
     * @param strictness Strict refuses unknown fields, Warn tells about them, Ignore drops them silently
     * @return warnings
     */
    static List<String> prune(ResourceType type, ObjectNode object, String strictness, boolean patched) {
        String before = patched ? Json.text(object) : "";
        List<String> unknown = Pruning.prune(type.schema(), object).stream()
                .map(f -> "unknown field \"" + f + '"')
                .toList();
        if (unknown.isEmpty() || strictness.equals("Ignore")) {
            return List.of();
        }
        if (strictness.equals("Strict") && patched) {
            FieldError error = FieldError.invalid(
                    "patch", TextNode.valueOf(before), "strict decoding error: " + String.join(", ", unknown));
            throw ApiException.invalid("", "", "", List.of(error));
        }
        if (strictness.equals("Strict")) {
            throw ApiException.badRequest(type.kind() + " in version \"" + type.version() + "\" cannot be handled as a "
                    + type.kind() + ": strict decoding error: " + String.join(", ", unknown));
        }
        return unknown;
    }

    static void fillDefaults(ResourceType type, ObjectNode object) {
        Defaulting.dropNulls(type.schema(), object);
        Defaulting.apply(type.schema(), object);
        if (!type.custom()) {
            BuiltinDefaults.apply(type, object);
        }
    }

    /** Throws 422 with every violation. */
    static void validate(ResourceType type, ObjectNode object, Optional<ObjectNode> live) {
        List<FieldError> errors = new ArrayList<>(NameRules.violations(type, object));
        if (type.custom()) {
            errors.addAll(customViolations(type, object, live.orElse(null)));
        } else {
            BuiltinShape.check(type, object);
            errors.addAll(BuiltinShape.violations(type, object, live.orElse(null)));
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid(type.group(), type.kind(), Json.name(object), errors);
        }
    }

    /** Rules are run only when the object is sound enough for them; that they were not is told as one more cause. */
    private static List<FieldError> customViolations(ResourceType type, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>(Validation.violations(type.schema(), object, old));
        if (type.rules().isEmpty()) {
            return errors;
        }
        if (errors.stream().anyMatch(e -> BLOCKING.contains(e.reason()))) {
            errors.add(FieldError.ofReason(
                    "<nil>",
                    "FieldValueInvalid",
                    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the"
                            + " existing errors to complete validation"));
        } else {
            errors.addAll(type.rules().violations(type.schema(), object, old));
        }
        return errors;
    }
}
