package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.schema.Validation;
import java.util.List;
import java.util.Set;

/** Built-in kinds: a wrong type cannot be decoded (400); below spec, required fields and enums are checked (422). */
final class BuiltinShape {
    private static final Set<String> CHECKED = Set.of("FieldValueRequired", "FieldValueNotSupported");

    private BuiltinShape() {}

    static void check(ResourceType type, ObjectNode object) {
        Validation.violations(type.schema(), object, null).stream()
                .filter(e -> e.reason().equals("FieldValueTypeInvalid"))
                .findFirst()
                .ifPresent(e -> {
                    throw ApiException.badRequest(type.kind() + " in version \"" + type.version()
                            + "\" cannot be handled as a " + type.kind() + ": json: cannot unmarshal " + found(e)
                            + " into Go struct field " + type.kind() + "." + e.field());
                });
    }

    static List<FieldError> violations(ResourceType type, ObjectNode object, JsonNode old) {
        return Validation.violations(type.schema(), object, old).stream()
                .filter(e -> e.field().startsWith("spec.") && CHECKED.contains(e.reason()))
                .toList();
    }

    private static String found(FieldError error) {
        String message = error.message();
        return message.substring(message.lastIndexOf(' ') + 1).replace("\"", "");
    }
}
