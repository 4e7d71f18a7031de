package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.rules.NameSyntax;
import io.devicemgr.testkit.apiserver.rules.PodTemplateRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Names, labels and annotations: what Kubernetes demands of all objects' metadata. */
final class NameRules {
    private static final Set<String> RBAC = Set.of("roles", "clusterroles", "rolebindings", "clusterrolebindings");

    private NameRules() {}

    static List<FieldError> violations(ResourceType type, ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        String name = Json.name(object);
        if (name.isEmpty()) {
            errors.add(FieldError.required("metadata.name", "name or generateName is required"));
        } else {
            name(type, name, errors);
        }
        Json.in(object, "metadata", "labels").properties().forEach(e -> {
            NameSyntax.qualified(e.getKey()).forEach(why -> errors.add(invalid("metadata.labels", e.getKey(), why)));
            String value = e.getValue().asText();
            NameSyntax.labelValue(value).forEach(why -> errors.add(invalid("metadata.labels", value, why)));
        });
        errors.addAll(PodTemplateRules.annotations(Json.in(object, "metadata", "annotations"), "metadata.annotations"));
        return errors;
    }

    private static void name(ResourceType type, String name, List<FieldError> errors) {
        if (RBAC.contains(type.plural())) {
            if (name.contains("/") || name.contains("%") || name.equals(".") || name.equals("..")) {
                errors.add(invalid("metadata.name", name, "may not contain '/'"));
            }
        } else if (type.plural().equals("namespaces") || type.plural().equals("services")) {
            NameSyntax.label(name).forEach(why -> errors.add(invalid("metadata.name", name, why)));
        } else {
            NameSyntax.subdomain(name).forEach(why -> errors.add(invalid("metadata.name", name, why)));
        }
    }

    private static FieldError invalid(String field, String value, String why) {
        return FieldError.invalid(field, TextNode.valueOf(value), why);
    }
}
