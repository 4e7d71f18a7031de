package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.rules.ConfigMapRules;
import io.devicemgr.testkit.apiserver.rules.PodTemplateRules;
import io.devicemgr.testkit.apiserver.schema.Validation;
import java.util.ArrayList;
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
        List<FieldError> errors = new ArrayList<>(Validation.violations(type.schema(), object, old).stream()
                .filter(e -> e.field().startsWith("spec.") && CHECKED.contains(e.reason()))
                .filter(e -> !isAbsent(e))
                .toList());
        for (String pod : List.of("spec", "spec.template.spec")) {
            JsonNode containers = object.at("/" + pod.replace('.', '/') + "/containers");
            if (containers.isArray() && containers.isEmpty()) {
                errors.add(FieldError.required(pod + ".containers", ""));
            }
        }
        if (type.group().equals("apps") && object.at("/spec/selector").isObject()) {
            selector(object, old, errors);
            PodTemplateRules.violations(object.at("/spec/template"), "spec.template").stream()
                    .filter(e ->
                            errors.stream().noneMatch(known -> known.field().equals(e.field())))
                    .forEach(errors::add);
        }
        if (type.plural().equals("configmaps")) {
            errors.addAll(ConfigMapRules.violations(object, old));
        }
        return errors;
    }

    /** An empty text is an absent one, which no enumeration forbids. */
    private static boolean isAbsent(FieldError error) {
        return error.message().startsWith("Unsupported value: \"\"");
    }

    /** A workload finds its pods by its selector, which therefore fits the template and never changes. */
    private static void selector(ObjectNode object, JsonNode old, List<FieldError> errors) {
        JsonNode selector = object.at("/spec/selector");
        JsonNode labels = object.at("/spec/template/metadata/labels");
        boolean fits = selector.path("matchLabels").properties().stream()
                .allMatch(e -> e.getValue().equals(labels.path(e.getKey())));
        if (!fits) {
            errors.add(FieldError.invalid(
                    "spec.template.metadata.labels",
                    labels.isMissingNode() ? NullNode.getInstance() : labels,
                    "`selector` does not match template `labels`"));
        }
        if (old != null && !old.at("/spec/selector").equals(selector)) {
            errors.add(FieldError.invalid("spec.selector", selector, "field is immutable"));
        }
    }

    private static String found(FieldError error) {
        String message = error.message();
        return message.substring(message.lastIndexOf(' ') + 1).replace("\"", "");
    }
}
