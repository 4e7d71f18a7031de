package io.devicemgr.testkit.trouble;

import java.util.List;

/**
 * A kubectl command, and how much of its output matters.
 *
 * @param arguments after {@code kubectl}; {@code ~} in front of a name stands for the trouble's directory
 * @param view what is kept of the output
 * @param condition type of the condition that is kept although it is True; empty for those that are not True
 */
public record Look(List<String> arguments, View view, String condition) {
    public Look {
        arguments = List.copyOf(arguments);
    }

    /** What is kept of the output. */
    public enum View {
        WHOLE,
        /** Of what describes a deployment: the conditions that matter, lists, warnings. */
        DEPLOYMENT
    }

    static Look get(String deployment) {
        return at("get", "dpd", deployment);
    }

    static Look describe(String deployment) {
        return new Look(List.of("describe", "dpd", deployment), View.DEPLOYMENT, "");
    }

    static Look describe(String deployment, String condition) {
        return new Look(List.of("describe", "dpd", deployment), View.DEPLOYMENT, condition);
    }

    static Look at(String... arguments) {
        return new Look(List.of(arguments), View.WHOLE, "");
    }
}
