package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.cel.runtime.CelEvaluationException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.schema.Schema.ListKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The compiled x-kubernetes-validations of one kind. */
public final class CelRules {
    /** No rules at all. */
    public static final CelRules NONE = new CelRules(Map.of(), List.of());

    private final Map<Schema, List<CompiledRule>> rules;
    private final List<FieldError> problems;

    private CelRules(Map<Schema, List<CompiledRule>> rules, List<FieldError> problems) {
        this.rules = rules;
        this.problems = problems;
    }

    public static CelRules compile(Schema root) {
        CelCompiler compiler = new CelCompiler(root);
        return new CelRules(compiler.compiled(), compiler.problems());
    }

    /** Rules that did not compile: a CRD with such rules is refused. */
    public List<FieldError> problems() {
        return problems;
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /**
     * The violations of an object. What equals its old value is not looked at again, but for transition rules (that is
     * the ratcheting of Kubernetes).
     *
     * @param old the object before, or null
     */
    public List<FieldError> violations(Schema schema, JsonNode object, JsonNode old) {
        List<FieldError> errors = new ArrayList<>();
        if (!rules.isEmpty()) {
            visit(schema, object, old, "", errors);
        }
        return errors;
    }

    private void visit(Schema schema, JsonNode value, JsonNode old, String path, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return;
        }
        for (CompiledRule rule : rules.getOrDefault(schema, List.of())) {
            check(schema, rule, value, old, path, errors);
        }
        if (value.isObject()) {
            boolean comparable = !schema.atomicMap();
            value.properties()
                    .forEach(e -> visit(
                            schema.fieldOrAny(e.getKey()),
                            e.getValue(),
                            comparable && old != null ? old.get(e.getKey()) : null,
                            child(schema, path, e.getKey()),
                            errors));
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                visit(
                        schema.itemOrAny(),
                        value.get(i),
                        counterpart(schema, value.get(i), old),
                        path + "[" + i + "]",
                        errors);
            }
        }
    }

    private void check(
            Schema schema, CompiledRule rule, JsonNode value, JsonNode old, String path, List<FieldError> errors) {
        boolean optional = rule.source().optionalOldSelf();
        boolean unchanged = value.equals(old) && !rule.usesOldSelf();
        if (unchanged || rule.usesOldSelf() && old == null && !optional) {
            return;
        }
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", CelValues.of(schema, value));
        if (optional) {
            variables.put("oldSelf", Optional.ofNullable(old).map(o -> CelValues.of(schema, o)));
        } else if (old != null) {
            variables.put("oldSelf", CelValues.of(schema, old));
        }
        try {
            if (!rule.holds(variables)) {
                errors.add(failure(schema, rule, rule.detail(variables), value, path));
            }
        } catch (CelEvaluationException e) {
            errors.add(FieldError.ofReason(
                    path,
                    "FieldValueInvalid",
                    "Invalid value: \"" + schema.type() + "\": " + e.getMessage() + " evaluating rule: "
                            + rule.shown()));
        }
    }

    private static FieldError failure(Schema schema, CompiledRule rule, String detail, JsonNode value, String path) {
        String where = path + normalised(rule.source().fieldPath(), path.isEmpty());
        boolean scalar = !schema.isObject() && !schema.isArray();
        return switch (rule.source().reason()) {
            case "FieldValueForbidden" -> FieldError.forbidden(where, detail);
            case "FieldValueRequired" -> FieldError.required(where, detail);
            case "FieldValueDuplicate" -> FieldError.duplicate(where, scalar ? value : NullNode.getInstance());
            default ->
                scalar
                        ? FieldError.invalid(where, value, detail)
                        : FieldError.ofReason(where, "FieldValueInvalid", "Invalid value: " + detail);
        };
    }

    private static String normalised(String fieldPath, boolean root) {
        return root && fieldPath.startsWith(".") ? fieldPath.substring(1) : fieldPath;
    }

    private static String child(Schema schema, String path, String name) {
        if (!schema.declares(name) && schema.additionalProperties().isPresent()) {
            return path + "[" + name + "]";
        }
        return path.isEmpty() ? name : path + "." + name;
    }

    private static JsonNode counterpart(Schema list, JsonNode item, JsonNode old) {
        if (old == null || !old.isArray() || list.listKind() != ListKind.MAP) {
            return null;
        }
        for (JsonNode candidate : old) {
            if (list.listMapKeys().stream().allMatch(k -> candidate.path(k).equals(item.path(k)))) {
                return candidate;
            }
        }
        return null;
    }
}
