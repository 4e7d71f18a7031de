package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Which taints may be tolerated, and how. */
final class TolerationRules {
    private TolerationRules() {}

    static void check(Findings findings, JsonNode toleration, String path) {
        String key = toleration.path("key").asText();
        String operator = toleration.path("operator").asText();
        if (!key.isEmpty()) {
            findings.invalid(path + ".key", key, NameSyntax.qualified(key));
        } else if (!operator.equals("Exists")) {
            findings.invalid(
                    path + ".operator",
                    operator,
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }
        String effect = toleration.path("effect").asText();
        if (toleration.hasNonNull("tolerationSeconds") && !effect.equals("NoExecute")) {
            findings.invalid(path + ".effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }
        value(findings, toleration, operator, path);
        findings.oneOf(path + ".effect", toleration.path("effect"), "NoSchedule", "PreferNoSchedule", "NoExecute");
    }

    private static void value(Findings findings, JsonNode toleration, String operator, String path) {
        String value = toleration.path("value").asText();
        switch (operator) {
            case "", "Equal" -> {
                List<String> wrong = NameSyntax.labelValue(value);
                if (!wrong.isEmpty()) {
                    findings.invalid(path + ".operator", value, String.join(";", wrong));
                }
            }
            case "Exists" -> {
                if (!value.isEmpty()) {
                    findings.invalid(path + ".operator", value, "value must be empty when `operator` is 'Exists'");
                }
            }
            default -> findings.oneOf(path + ".operator", toleration.path("operator"), "Equal", "Exists");
        }
    }
}
