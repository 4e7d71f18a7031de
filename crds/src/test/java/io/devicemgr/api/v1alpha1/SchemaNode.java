package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node of a generated schema, to be completed with what the class behind it does not say. */
final class SchemaNode {
    static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    static final String SUBDOMAIN = LABEL + "([.]" + LABEL + ")*";
    static final String LABEL_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
    static final String QUALIFIED = "(" + SUBDOMAIN + "/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";

    /** A quantity that is not negative, and no larger than a number that can be calculated with. */
    private static final String QUANTITY =
            "^[+]?([0-9]{1,18}([.][0-9]{0,9})?|[.][0-9]{1,9})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?$";

    private static final double MAX_MODE = 0777;

    private final JSONSchemaProps schema;
    private final Map<String, JSONSchemaProps> dropped = new TreeMap<>();

    SchemaNode(JSONSchemaProps schema) {
        this.schema = schema;
    }

    /** Integers have the size of the Java fields that they are read into: a larger one could not be read at all. */
    void sizeIntegers(String name) {
        if ("integer".equals(schema.getType())) {
            schema.setFormat(LONG.contains(name) ? "int64" : "int32");
        } else if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString()) && schema.getPattern() == null) {
            schema.setMaximum((double) Integer.MAX_VALUE);
            schema.setMinimum((double) Integer.MIN_VALUE);
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((field, child) -> new SchemaNode(child).sizeIntegers(field));
        }
        if (schema.getItems() != null && schema.getItems().getSchema() != null) {
            item().sizeIntegers("");
        }
        if (schema.getAdditionalProperties() != null
                && schema.getAdditionalProperties().getSchema() != null) {
            values().sizeIntegers("");
        }
    }

    /** The integer fields that are longs in Java. */
    private static final List<String> LONG =
            List.of("expirationSeconds", "observedGeneration", "runAsGroup", "runAsUser", "tolerationSeconds");

    SchemaNode field(String name) {
        JSONSchemaProps child = schema.getProperties().get(name);
        if (child == null) {
            throw new IllegalArgumentException(
                    "no field " + name + " beside " + schema.getProperties().keySet());
        }
        return new SchemaNode(child);
    }

    SchemaNode item() {
        return new SchemaNode(schema.getItems().getSchema());
    }

    SchemaNode values() {
        return new SchemaNode(schema.getAdditionalProperties().getSchema());
    }

    SchemaNode keep(String... names) {
        List<String> kept = Arrays.asList(names);
        schema.getProperties().forEach((name, child) -> {
            if (!kept.contains(name)) {
                dropped.put(name, child);
            }
        });
        schema.getProperties().keySet().retainAll(kept);
        return this;
    }

    SchemaNode keepAlso(String name) {
        schema.getProperties().put(name, dropped.get(name));
        return this;
    }

    SchemaNode without(String... names) {
        schema.getProperties().keySet().removeAll(Arrays.asList(names));
        return this;
    }

    SchemaNode required(String... names) {
        schema.setRequired(Stream.concat(
                        schema.getRequired() == null ? Stream.empty() : schema.getRequired().stream(), Stream.of(names))
                .distinct()
                .sorted()
                .toList());
        return this;
    }

    SchemaNode pattern(String pattern) {
        schema.setPattern(pattern);
        return this;
    }

    SchemaNode name(String pattern, long max) {
        return pattern("^" + pattern + "$").maxLength(max);
    }

    SchemaNode maxLength(long max) {
        schema.setMaxLength(max);
        return this;
    }

    SchemaNode minLength(long min) {
        schema.setMinLength(min);
        return this;
    }

    SchemaNode maxItems(long max) {
        schema.setMaxItems(max);
        return this;
    }

    SchemaNode maxProperties(long max) {
        schema.setMaxProperties(max);
        return this;
    }

    SchemaNode range(long min, long max) {
        schema.setMinimum((double) min);
        schema.setMaximum((double) max);
        return this;
    }

    SchemaNode mode(String field) {
        field(field).range(0, (long) MAX_MODE);
        return this;
    }

    SchemaNode quantity() {
        schema.setMinimum(0.0);
        return pattern(QUANTITY);
    }

    SchemaNode oneOf(String... values) {
        schema.setEnum(Stream.of(values)
                .map(value -> (JsonNode) TextNode.valueOf(value))
                .toList());
        return this;
    }

    SchemaNode rule(String rule, String message) {
        List<ValidationRule> rules = new ArrayList<>(
                schema.getXKubernetesValidations() == null ? List.of() : schema.getXKubernetesValidations());
        rules.add(
                new ValidationRuleBuilder().withRule(rule).withMessage(message).build());
        schema.setXKubernetesValidations(rules);
        return this;
    }

    SchemaNode exactlyOne(String... names) {
        String given = Stream.of(names).map(name -> "has(self." + name + ")").collect(Collectors.joining(", "));
        String last = names[names.length - 1];
        String others = String.join(", ", Arrays.copyOf(names, names.length - 1));
        return rule(
                "[" + given + "].filter(x, x).size() == 1",
                "exactly one of " + others + " and " + last + " must be given");
    }
}
