package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node of a structural schema, with the list and map kinds that merging needs. Built-in kinds and custom resources
 * share it.
 */
public record Schema(
        String type,
        Map<String, Schema> properties,
        Optional<Schema> items,
        Optional<Schema> additionalProperties,
        boolean preserveUnknown,
        boolean intOrString,
        boolean nullable,
        Optional<JsonNode> defaultValue,
        ListKind listKind,
        List<String> listMapKeys,
        boolean atomicMap,
        String mergeKey,
        boolean replaceOnPatch,
        Bounds bounds,
        List<CelRule> rules,
        JsonNode source) {

    /** How a list merges. */
    public enum ListKind {
        ATOMIC,
        SET,
        MAP
    }

    /** The schema of anything: nothing is known, nothing is refused. */
    public static final Schema ANY = SchemaParser.any();

    public boolean isObject() {
        return type.equals("object");
    }

    public boolean isArray() {
        return type.equals("array");
    }

    /** Nothing is said about the type: values merge by their own shape, lists as one value. */
    public boolean isUntyped() {
        return type.isEmpty() && !intOrString;
    }

    /** The schema of a field; empty when the schema does not know it. */
    public Optional<Schema> field(String name) {
        Schema known = properties.get(name);
        return known != null ? Optional.of(known) : additionalProperties;
    }

    /** The schema of a field, or ANY where unknown fields are kept. */
    public Schema fieldOrAny(String name) {
        return field(name).orElse(ANY);
    }

    public boolean declares(String name) {
        return properties.containsKey(name);
    }

    public Schema itemOrAny() {
        return items.orElse(ANY);
    }

    /** The same schema with other properties. */
    Schema withProperties(Map<String, Schema> others) {
        return new Schema(
                type,
                others,
                items,
                additionalProperties,
                preserveUnknown,
                intOrString,
                nullable,
                defaultValue,
                listKind,
                listMapKeys,
                atomicMap,
                mergeKey,
                replaceOnPatch,
                bounds,
                rules,
                source);
    }
}
