package io.devicemgr.operator.config;

import java.util.List;
import java.util.Objects;

/**
 * What agents are whose deployment does not say otherwise.
 *
 * @param image image of the agents
 * @param pullPolicy when the kubelet pulls it: Always, IfNotPresent or Never
 * @param pullSecrets names of Secrets in the operator's namespace with which it is pulled
 */
public record AgentDefaults(String image, String pullPolicy, List<String> pullSecrets) {
    public AgentDefaults {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(pullPolicy, "pullPolicy");
        pullSecrets = List.copyOf(pullSecrets);
    }

    /** Pulled without a secret when it is not there. */
    public AgentDefaults(String image) {
        this(image, "IfNotPresent", List.of());
    }
}
