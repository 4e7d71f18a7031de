package io.devicemgr.operator.validate;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.List;
import java.util.Map;

/** Which pools a selector matches, as the machine config operator's KubeletConfig controller judges it. */
public final class PoolSelector {
    private PoolSelector() {}

    /** Whether a pool is selected; an absent or empty selector selects nothing (docs/openshift.md 0.5). */
    public static boolean matches(LabelSelector selector, MachineConfigPool pool) {
        if (selector == null
                || labels(selector).isEmpty() && expressions(selector).isEmpty()) {
            return false;
        }
        Map<String, String> found = pool.getMetadata().getLabels() == null
                ? Map.of()
                : pool.getMetadata().getLabels();
        return found.entrySet().containsAll(labels(selector).entrySet())
                && expressions(selector).stream().allMatch(expression -> holds(expression, found));
    }

    private static boolean holds(LabelSelectorRequirement expression, Map<String, String> labels) {
        String value = labels.get(expression.getKey());
        return switch (expression.getOperator()) {
            case "In" -> value != null && expression.getValues().contains(value);
            case "NotIn" -> value == null || !expression.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }

    private static Map<String, String> labels(LabelSelector selector) {
        return selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
    }

    private static List<LabelSelectorRequirement> expressions(LabelSelector selector) {
        return selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions();
    }
}
