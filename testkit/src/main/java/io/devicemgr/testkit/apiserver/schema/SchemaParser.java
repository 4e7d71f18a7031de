package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.devicemgr.testkit.apiserver.schema.Schema.ListKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads OpenAPI v3 schemas: those of CRDs, and the built-in ones that refer to each other by name. */
public final class SchemaParser {
    private final Function<String, Schema> references;
    private final boolean builtin;

    private SchemaParser(Function<String, Schema> references, boolean builtin) {
        this.references = references;
        this.builtin = builtin;
    }

    /** A parser for the schemas of CRDs: the root's metadata is the given object metadata schema. */
    public static Schema customResource(JsonNode openApi, Schema objectMeta) {
        SchemaParser parser = new SchemaParser(
                name -> {
                    throw new IllegalArgumentException("$ref is not allowed in a CRD: " + name);
                },
                false);
        Schema root = parser.parse(openApi);
        Map<String, Schema> properties = new LinkedHashMap<>(root.properties());
        properties.put("apiVersion", scalar("string"));
        properties.put("kind", scalar("string"));
        properties.put("metadata", objectMeta);
        return root.withProperties(properties);
    }

    /** A parser for built-in schemas; names in $ref are looked up with the function. */
    public static SchemaParser builtin(Function<String, Schema> references) {
        return new SchemaParser(references, true);
    }

    public Schema parse(JsonNode s) {
        if (s.has("$ref")) {
            return reference(s);
        }
        boolean scalarUnion = s.path("x-kubernetes-int-or-string").asBoolean(false)
                || s.path("x-scalar").asBoolean(false);
        String type = scalarUnion ? "" : s.path("type").asText("");
        Map<String, Schema> properties = new LinkedHashMap<>();
        s.path("properties").properties().forEach(e -> properties.put(e.getKey(), parse(e.getValue())));
        boolean opaque = builtin && type.equals("object") && properties.isEmpty() && !s.has("additionalProperties");
        return new Schema(
                type,
                properties,
                s.has("items") ? Optional.of(parse(s.get("items"))) : Optional.empty(),
                additional(s),
                opaque || s.path("x-kubernetes-preserve-unknown-fields").asBoolean(false),
                scalarUnion,
                s.path("nullable").asBoolean(false),
                Optional.ofNullable(s.get("default")),
                listKind(s),
                Bounds.texts(s.path("x-kubernetes-list-map-keys")),
                s.path("x-kubernetes-map-type").asText("").equals("atomic"),
                s.path("x-kubernetes-patch-merge-key").asText(""),
                !s.path("x-kubernetes-patch-strategy").asText("").contains("merge"),
                Bounds.of(s),
                rules(s),
                s);
    }

    static Schema any() {
        return new SchemaParser(name -> null, false).parse(MissingNode.getInstance());
    }

    private static Schema scalar(String type) {
        Schema any = any();
        return new Schema(
                type,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                false,
                Optional.empty(),
                ListKind.ATOMIC,
                List.of(),
                false,
                "",
                true,
                any.bounds(),
                List.of(),
                any.source());
    }

    /** The list and patch words stand beside a $ref, not in what it refers to. */
    private Schema reference(JsonNode s) {
        return references.apply(s.get("$ref").asText());
    }

    private Optional<Schema> additional(JsonNode s) {
        JsonNode extra = s.path("additionalProperties");
        if (extra.isObject()) {
            return Optional.of(parse(extra));
        }
        return extra.asBoolean(false) ? Optional.of(Schema.ANY) : Optional.empty();
    }

    private static ListKind listKind(JsonNode s) {
        return switch (s.path("x-kubernetes-list-type").asText("")) {
            case "map" -> ListKind.MAP;
            case "set" -> ListKind.SET;
            default -> ListKind.ATOMIC;
        };
    }

    private static List<CelRule> rules(JsonNode s) {
        List<CelRule> all = new ArrayList<>();
        s.path("x-kubernetes-validations")
                .forEach(r -> all.add(new CelRule(
                        r.path("rule").asText(),
                        r.path("message").asText(""),
                        r.path("messageExpression").asText(""),
                        r.path("fieldPath").asText(""),
                        r.path("reason").asText(""),
                        r.path("optionalOldSelf").asBoolean(false))));
        return List.copyOf(all);
    }
}
