package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Names, labels and annotations: what Kubernetes demands of all objects' metadata. */
final class NameRules {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL_VALUE = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
    private static final Pattern QUALIFIED_PART = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
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
            key("metadata.labels", e.getKey(), errors);
            value(e.getValue().asText(), errors);
        });
        Json.in(object, "metadata", "annotations")
                .properties()
                .forEach(e -> key("metadata.annotations", e.getKey(), errors));
        return errors;
    }

    private static void name(ResourceType type, String name, List<FieldError> errors) {
        if (RBAC.contains(type.plural())) {
            if (name.contains("/") || name.contains("%") || name.equals(".") || name.equals("..")) {
                errors.add(invalid("metadata.name", name, "may not contain '/'"));
            }
        } else if (type.plural().equals("namespaces") || type.plural().equals("services")) {
            if (name.length() > 63 || !LABEL.matcher(name).matches()) {
                errors.add(invalid("metadata.name", name, LABEL_TEXT));
            }
        } else if (name.length() > 253 || !SUBDOMAIN.matcher(name).matches()) {
            errors.add(invalid(
                    "metadata.name", name, name.length() > 253 ? "must be no more than 253 bytes" : SUBDOMAIN_TEXT));
        }
    }

    private static void value(String value, List<FieldError> errors) {
        if (value.length() > 63) {
            errors.add(invalid("metadata.labels", value, "must be no more than 63 bytes"));
        } else if (!LABEL_VALUE.matcher(value).matches()) {
            errors.add(invalid("metadata.labels", value, LABEL_VALUE_TEXT));
        }
    }

    private static void key(String field, String key, List<FieldError> errors) {
        String part = key.substring(key.indexOf('/') + 1);
        if (part.length() > 63) {
            errors.add(invalid(field, key, "name part must be no more than 63 bytes"));
        } else if (!QUALIFIED_PART.matcher(part).matches()) {
            errors.add(invalid(field, key, QUALIFIED_TEXT));
        } else if (key.contains("/")
                && !SUBDOMAIN.matcher(key.substring(0, key.indexOf('/'))).matches()) {
            errors.add(invalid(field, key, "prefix part " + SUBDOMAIN_TEXT));
        }
    }

    private static FieldError invalid(String field, String value, String why) {
        return FieldError.invalid(field, TextNode.valueOf(value), why);
    }

    private static final String LABEL_TEXT =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with"
                    + " an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String SUBDOMAIN_TEXT =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and"
                    + " end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String LABEL_VALUE_TEXT =
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and"
                    + " end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for"
                    + " validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    private static final String QUALIFIED_TEXT =
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                    + " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                    + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
}
