package io.devicemgr.testkit.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cel.bundle.Cel;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.schema.CelLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compiles the expressions of a policy; what does not compile is told with its path. */
final class Expressions {
    private static final Cel CEL = CelLibrary.kubernetes()
            .addVar("object", SimpleType.DYN)
            .addVar("oldObject", SimpleType.DYN)
            .addVar("request", SimpleType.DYN)
            .addVar("variables", SimpleType.DYN)
            .build();

    private final List<FieldError> problems = new ArrayList<>();

    /** An expression with the field beside it that says what it is for. */
    record Named(String name, String expression, CelRuntime.Program program) {}

    List<FieldError> problems() {
        return problems;
    }

    List<Named> all(JsonNode list, String path) {
        List<Named> compiled = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode item = list.get(i);
            String expression = item.path("expression").asText();
            compile(expression, path + "[" + i + "].expression")
                    .ifPresent(
                            program -> compiled.add(new Named(item.path("name").asText(), expression, program)));
        }
        return compiled;
    }

    Optional<CelRuntime.Program> compile(String expression, String path) {
        try {
            return Optional.of(CEL.createProgram(CEL.compile(expression).getAst()));
        } catch (CelValidationException | CelEvaluationException e) {
            problems.add(
                    FieldError.invalid(path, TextNode.valueOf(expression), "compilation failed: " + e.getMessage()));
            return Optional.empty();
        }
    }
}
