package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Defaulting;
import io.devicemgr.testkit.apiserver.schema.Pruning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What every object passes before it is stored: unknown fields, defaults, names, schema and rules. */
final class ObjectRules {
    private ObjectRules() {}

    /**
     * Prunes the object.
     *
     * @param strictness Strict refuses unknown fields, Warn tells about them, Ignore drops them silently
     * @return warnings
     */
    static List<String> prune(ResourceType type, ObjectNode object, String strictness) {
        List<String> unknown = Pruning.prune(type.schema(), object).stream()
                .map(f -> "unknown field \"" + f + '"')
                .toList();
        if (unknown.isEmpty() || strictness.equals("Ignore")) {
            return List.of();
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
        if (!errors.isEmpty()) {
            throw ApiException.invalid(type.group(), type.kind(), Json.name(object), errors);
        }
    }

    /** The warning header's text of all warnings. */
    static String joined(List<String> warnings) {
        return warnings.stream().collect(Collectors.joining(", "));
    }
}
