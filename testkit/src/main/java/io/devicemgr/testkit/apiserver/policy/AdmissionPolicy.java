package io.devicemgr.testkit.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.policy.Expressions.Named;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One ValidatingAdmissionPolicy, compiled. */
final class AdmissionPolicy {
    private static final List<String> NOT_SIMULATED = List.of(
            "/spec/paramKind",
            "/spec/auditAnnotations",
            "/spec/matchConstraints/namespaceSelector",
            "/spec/matchConstraints/objectSelector");

    private final Matching matching;
    private final boolean failing;
    private final List<Named> conditions;
    private final List<Named> variables;
    private final List<Rule> rules = new ArrayList<>();
    private final List<FieldError> problems;

    /** Why a request is refused. */
    record Refusal(String reason, String message) {}

    private record Rule(
            String expression,
            CelRuntime.Program program,
            Optional<CelRuntime.Program> messageProgram,
            String message,
            String reason) {}

    AdmissionPolicy(JsonNode policy) {
        JsonNode spec = policy.path("spec");
        Expressions expressions = new Expressions();
        matching = new Matching(spec.path("matchConstraints"));
        failing = !spec.path("failurePolicy").asText("Fail").equals("Ignore");
        conditions = expressions.all(spec.path("matchConditions"), "spec.matchConditions");
        variables = expressions.all(spec.path("variables"), "spec.variables");
        for (int i = 0; i < spec.path("validations").size(); i++) {
            rule(expressions, spec.path("validations").get(i), "spec.validations[" + i + "]");
        }
        problems = expressions.problems();
        NOT_SIMULATED.stream()
                .filter(path ->
                        !policy.at(path).isMissingNode() && !policy.at(path).isEmpty())
                .forEach(path -> problems.add(FieldError.invalid(
                        path.substring(1).replace('/', '.'),
                        TextNode.valueOf(path),
                        "this server, which is a simulation, cannot do that")));
    }

    private void rule(Expressions expressions, JsonNode rule, String path) {
        String expression = rule.path("expression").asText();
        String message = rule.path("messageExpression").asText("");
        Optional<CelRuntime.Program> messageProgram =
                message.isEmpty() ? Optional.empty() : expressions.compile(message, path + ".messageExpression");
        expressions
                .compile(expression, path + ".expression")
                .ifPresent(program -> rules.add(new Rule(
                        expression,
                        program,
                        messageProgram,
                        rule.path("message").asText(""),
                        rule.path("reason").asText("Invalid"))));
    }

    /** What does not compile: such a policy is refused. */
    List<FieldError> problems() {
        return problems;
    }

    /**
     * The first objection, if any.
     *
     * @param object null for a deletion
     * @param old null for a creation
     */
    Optional<Refusal> objection(Attributes request, JsonNode object, JsonNode old) {
        if (!matching.matches(request)) {
            return Optional.empty();
        }
        Map<String, Object> input = new HashMap<>();
        input.put("object", PlainValues.of(object));
        input.put("oldObject", PlainValues.of(old));
        input.put("request", request.toCel());
        for (Named condition : conditions) {
            try {
                if (!Boolean.TRUE.equals(condition.program().eval(input))) {
                    return Optional.empty();
                }
            } catch (CelEvaluationException e) {
                return failure(condition.expression(), e);
            }
        }
        input.put("variables", variables(input));
        return rules.stream().flatMap(rule -> check(rule, input).stream()).findFirst();
    }

    /** One that cannot be evaluated is left out: whoever asks for it fails, and nobody else. */
    private Map<String, Object> variables(Map<String, Object> input) {
        Map<String, Object> values = new HashMap<>();
        Map<String, Object> known = new HashMap<>(input);
        known.put("variables", values);
        for (Named variable : variables) {
            try {
                values.put(variable.name(), variable.program().eval(known));
            } catch (CelEvaluationException e) {
                values.remove(variable.name());
            }
        }
        return values;
    }

    private Optional<Refusal> check(Rule rule, Map<String, Object> input) {
        try {
            return Boolean.TRUE.equals(rule.program().eval(input))
                    ? Optional.empty()
                    : Optional.of(new Refusal(rule.reason(), message(rule, input)));
        } catch (CelEvaluationException e) {
            return failure(rule.expression(), e);
        }
    }

    private static String message(Rule rule, Map<String, Object> input) {
        String text = "";
        if (rule.messageProgram().isPresent()) {
            try {
                text = String.valueOf(rule.messageProgram().get().eval(input)).strip();
            } catch (CelEvaluationException e) {
                text = "";
            }
        }
        if (text.isEmpty() || text.contains("\n")) {
            text = rule.message().strip();
        }
        return text.isEmpty() ? "failed expression: " + rule.expression().strip() : text;
    }

    private Optional<Refusal> failure(String expression, CelEvaluationException e) {
        return failing
                ? Optional.of(new Refusal(
                        "Invalid", "expression '" + expression.strip() + "' resulted in error: " + e.getMessage()))
                : Optional.empty();
    }
}
