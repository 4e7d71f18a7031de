package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Definitions of built-in kinds, read off the classes of the fabric8 model; what the classes do not say (keys of lists,
 * required fields) is added from {@link ModelFacts}.
 */
final class ModelDefinitions {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String MODEL = "io.fabric8.kubernetes.api.model.";
    private static final Set<String> META = Set.of(
            "ObjectMeta",
            "OwnerReference",
            "LabelSelector",
            "LabelSelectorRequirement",
            "ManagedFieldsEntry",
            "Condition",
            "FieldsV1",
            "ListMeta");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<String, ObjectNode> definitions = new TreeMap<>();

    /** Adds the definition of a class and of all that it refers to; returns its name. */
    String add(Class<?> type) {
        String name = name(type);
        if (definitions.containsKey(name)) {
            return name;
        }
        ObjectNode definition = JSON.objectNode().put("type", "object");
        definitions.put(name, definition);
        if (type == JSONSchemaProps.class || type == FieldsV1.class || type == RawExtension.class) {
            definition.put("x-kubernetes-preserve-unknown-fields", true);
            return name;
        }
        ObjectNode properties = JSON.objectNode();
        JavaType java = mapper.constructType(type);
        BeanDescription bean = mapper.getSerializationConfig().introspect(java);
        for (BeanPropertyDefinition property : bean.findProperties()) {
            ObjectNode schema = schema(property.getPrimaryType());
            ModelFacts.complete(type.getSimpleName(), property.getName(), schema);
            properties.set(property.getName(), schema);
        }
        if (!properties.isEmpty()) {
            definition.set("properties", properties);
        }
        ModelFacts.complete(type.getSimpleName(), definition);
        return name;
    }

    Map<String, ObjectNode> definitions() {
        return definitions;
    }

    private ObjectNode schema(JavaType type) {
        ObjectNode schema = JSON.objectNode();
        Class<?> raw = type.getRawClass();
        if (List.class.isAssignableFrom(raw)) {
            schema.put("type", "array").set("items", schema(type.getContentType()));
        } else if (Map.class.isAssignableFrom(raw)) {
            schema.put("type", "object").set("additionalProperties", schema(type.getContentType()));
        } else if (raw == Quantity.class || raw == IntOrString.class) {
            scalar(raw);
            schema.put("$ref", name(raw));
        } else if (raw == String.class || raw == MicroTime.class || raw == ZonedDateTime.class) {
            schema.put("type", "string");
        } else if (raw == Boolean.class || raw == boolean.class) {
            schema.put("type", "boolean");
        } else if (raw == Integer.class || raw == int.class) {
            schema.put("type", "integer").put("format", "int32");
        } else if (raw == Long.class || raw == long.class) {
            schema.put("type", "integer").put("format", "int64");
        } else if (raw == Double.class) {
            schema.put("type", "number");
        } else if (raw == KubernetesResource.class || !raw.getName().startsWith(MODEL)) {
            schema.put("$ref", add(RawExtension.class));
        } else {
            schema.put("$ref", add(raw));
        }
        return schema;
    }

    private void scalar(Class<?> type) {
        ObjectNode scalar = JSON.objectNode().put("x-scalar", true);
        definitions.put(name(type), type == IntOrString.class ? scalar.put("format", "int-or-string") : scalar);
    }

    private static String name(Class<?> type) {
        String simple = type.getSimpleName();
        if (type == Quantity.class) {
            return "api.resource.Quantity";
        }
        if (type == IntOrString.class) {
            return "util.intstr.IntOrString";
        }
        if (type == RawExtension.class) {
            return "runtime.RawExtension";
        }
        String group = type.getPackageName().equals(MODEL.substring(0, MODEL.length() - 1))
                ? META.contains(simple) ? "meta" : "core"
                : type.getPackageName().substring(MODEL.length()).replace(".v1", "");
        return group + ".v1." + simple;
    }
}
