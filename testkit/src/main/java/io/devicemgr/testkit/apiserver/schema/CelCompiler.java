package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.cel.bundle.Cel;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles all rules of a schema; what does not compile is told with the path in the CRD. */
final class CelCompiler {
    private final CelTypes types;
    private final Map<Schema, List<CompiledRule>> compiled = new IdentityHashMap<>();
    private final List<FieldError> problems = new ArrayList<>();

    CelCompiler(Schema root) {
        types = new CelTypes(root);
        visit(root, "spec.validation.openAPIV3Schema");
    }

    Map<Schema, List<CompiledRule>> compiled() {
        return compiled;
    }

    List<FieldError> problems() {
        return problems;
    }

    private void visit(Schema schema, String path) {
        List<CompiledRule> rules = new ArrayList<>();
        for (int i = 0; i < schema.rules().size(); i++) {
            compile(schema, schema.rules().get(i), path + ".x-kubernetes-validations[" + i + "]")
                    .ifPresent(rules::add);
        }
        if (!rules.isEmpty()) {
            compiled.put(schema, rules);
        }
        schema.properties().forEach((name, field) -> visit(field, path + ".properties[" + name + "]"));
        schema.items().ifPresent(items -> visit(items, path + ".items"));
        schema.additionalProperties().ifPresent(values -> visit(values, path + ".additionalProperties"));
    }

    private Optional<CompiledRule> compile(Schema schema, CelRule rule, String path) {
        Cel cel = environment(types.of(schema), rule.optionalOldSelf());
        Optional<CelRuntime.Program> program = program(cel, rule.rule(), SimpleType.BOOL, path + ".rule");
        Optional<CelRuntime.Program> message = rule.messageExpression().isEmpty()
                ? Optional.empty()
                : program(cel, rule.messageExpression(), SimpleType.STRING, path + ".messageExpression");
        return program.map(p -> new CompiledRule(rule, p, message));
    }

    private Optional<CelRuntime.Program> program(Cel cel, String expression, CelType result, String path) {
        try {
            var ast = cel.compile(expression).getAst();
            if (!ast.getResultType().equals(result) && !ast.getResultType().equals(SimpleType.DYN)) {
                problem(path, expression, "must evaluate to a " + result.name());
                return Optional.empty();
            }
            return Optional.of(cel.createProgram(ast));
        } catch (CelValidationException | CelEvaluationException e) {
            problem(path, expression, "compilation failed: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void problem(String path, String expression, String why) {
        problems.add(FieldError.invalid(path, TextNode.valueOf(expression), why));
    }

    private Cel environment(CelType self, boolean optionalOldSelf) {
        return CelLibrary.kubernetes()
                .setTypeProvider(types)
                .addVar("self", self)
                .addVar("oldSelf", optionalOldSelf ? OptionalType.create(self) : self)
                .build();
    }
}
