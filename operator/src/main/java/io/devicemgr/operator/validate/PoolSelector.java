package io.devicemgr.operator.validate;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which pools a selector matches, as the machine config operator judges it. */
public final class PoolSelector {
    private static final Pattern KEY = Pattern.compile(
            "([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

    private PoolSelector() {}

    /**
     * Whether a pool is selected for the KubeletConfig controller, to which an absent or empty selector selects nothing
     * (docs/openshift.md 0.5), and neither does one with a mistake.
     */
    public static boolean matches(LabelSelector selector, MachineConfigPool pool) {
        return matches(selector, pool.getMetadata().getLabels());
    }

    /** The same for the labels of anything; they may be absent. */
    public static boolean matches(LabelSelector selector, Map<String, String> labels) {
        return !isEmpty(selector) && mistake(selector).isEmpty() && holds(selector, labels);
    }

    /**
     * Whether the rendering of a pool waits for a KubeletConfig with that selector: here an empty one selects every pool, and
     * one with a mistake stops them all (docs/openshift.md 1.6).
     */
    public static boolean gates(LabelSelector selector, MachineConfigPool pool) {
        return selector != null
                && (mistake(selector).isPresent()
                        || holds(selector, pool.getMetadata().getLabels()));
    }

    /** Whether a selector asks for nothing in particular. */
    public static boolean isEmpty(LabelSelector selector) {
        return labels(selector).isEmpty() && expressions(selector).isEmpty();
    }

    /** What is wrong with a selector that the schema lets pass; the machine config operator would stop rendering for it. */
    public static Optional<String> mistake(LabelSelector selector) {
        return Stream.concat(
                        labels(selector).entrySet().stream()
                                .flatMap(label -> Stream.of(badKey(label.getKey()), badValue(label.getValue()))),
                        expressions(selector).stream().map(PoolSelector::mistake))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> mistake(LabelSelectorRequirement expression) {
        boolean valued = !expression.getValues().isEmpty();
        String name = "the expression for '" + expression.getKey() + "'";
        Optional<String> shape = switch (Objects.requireNonNullElse(expression.getOperator(), "")) {
            case "In", "NotIn" -> valued ? Optional.empty() : Optional.of(name + " needs values");
            case "Exists", "DoesNotExist" -> valued ? Optional.of(name + " must have no values") : Optional.empty();
            default -> Optional.of(name + " needs the operator In, NotIn, Exists or DoesNotExist");
        };
        return Stream.concat(
                        Stream.of(badKey(expression.getKey()), shape),
                        expression.getValues().stream().map(PoolSelector::badValue))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> badKey(String key) {
        return key != null && KEY.matcher(key).matches() && key.indexOf('/') <= 253
                ? Optional.empty()
                : Optional.of("'" + key + "' cannot be the key of a label");
    }

    private static Optional<String> badValue(String value) {
        return value != null && VALUE.matcher(value).matches()
                ? Optional.empty()
                : Optional.of("'" + value + "' cannot be the value of a label");
    }

    private static boolean holds(LabelSelector selector, Map<String, String> labels) {
        Map<String, String> found = labels == null ? Map.of() : labels;
        return found.entrySet().containsAll(labels(selector).entrySet())
                && expressions(selector).stream().allMatch(expression -> holds(expression, found));
    }

    private static boolean holds(LabelSelectorRequirement expression, Map<String, String> labels) {
        String value = labels.get(expression.getKey());
        return switch (expression.getOperator()) {
            case "In" -> value != null && expression.getValues().contains(value);
            case "NotIn" -> value == null || !expression.getValues().contains(value);
            case "Exists" -> value != null;
            default -> value == null;
        };
    }

    /** The pools that a selector matches, in the order of their names. */
    public static List<MachineConfigPool> selected(LabelSelector selector, Collection<MachineConfigPool> pools) {
        return pools.stream()
                .filter(pool -> matches(selector, pool))
                .sorted(Comparator.comparing(pool -> pool.getMetadata().getName()))
                .toList();
    }

    private static Map<String, String> labels(LabelSelector selector) {
        return selector == null || selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
    }

    private static List<LabelSelectorRequirement> expressions(LabelSelector selector) {
        return selector == null || selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions();
    }
}
