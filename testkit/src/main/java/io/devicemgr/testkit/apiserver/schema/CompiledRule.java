package io.devicemgr.testkit.apiserver.schema;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A rule that compiled, with its message expression if that is given. */
record CompiledRule(CelRule source, CelRuntime.Program program, Optional<CelRuntime.Program> message) {
    private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");

    /** A transition rule: runs only where there is an old value, or gets it as optional. */
    boolean usesOldSelf() {
        return usesOldSelf(source.rule());
    }

    static boolean usesOldSelf(String expression) {
        return OLD_SELF.matcher(expression).find();
    }

    boolean holds(Map<String, Object> variables) throws CelEvaluationException {
        return Boolean.TRUE.equals(program.eval(variables));
    }

    /** What to tell the user: the message expression's text, else the message, else the rule itself. */
    String detail(Map<String, Object> variables) {
        if (message.isPresent()) {
            try {
                String text = String.valueOf(message.get().eval(variables));
                if (!text.isBlank() && !text.contains("\n")) {
                    return text;
                }
            } catch (CelEvaluationException e) {
                return plainMessage();
            }
        }
        return plainMessage();
    }

    private String plainMessage() {
        return source.message().isEmpty()
                ? "failed rule: " + source.rule().strip()
                : source.message().strip();
    }

    /** How the rule is named when it cannot be evaluated. */
    String shown() {
        return source.message().isEmpty()
                ? source.rule().strip()
                : source.message().strip();
    }
}
