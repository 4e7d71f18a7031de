package io.devicemgr.operator.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What the end of an installation is told by its environment.
 *
 * @param namespace where the operator and the agents live
 * @param timeout how long deployments and their objects may take to go
 * @param forgetResources whether to wait, after that, until the resources are off the nodes' status
 */
public record UninstallSettings(String namespace, Duration timeout, boolean forgetResources) {
    /** How long deployments and their objects may take to go, in seconds. */
    public static final String TIMEOUT_SECONDS = "UNINSTALL_TIMEOUT_SECONDS";
    /** Whether to wait until the resources are off the nodes' status; false unless it says true. */
    public static final String FORGET_RESOURCES = "UNINSTALL_FORGET_RESOURCES";

    /**
     * Reads the environment.
     *
     * @param namespaceFile read when the environment names no namespace
     * @throws IllegalArgumentException naming the variable to set
     */
    public static UninstallSettings from(Map<String, String> environment, Path namespaceFile) {
        String forget = environment.getOrDefault(FORGET_RESOURCES, "false").strip();
        if (!forget.equals("true") && !forget.equals("false")) {
            throw new IllegalArgumentException(FORGET_RESOURCES + " is '" + forget + "': set it to true or false");
        }
        return new UninstallSettings(
                OperatorConfig.namespace(environment, namespaceFile),
                Duration.ofSeconds(
                        OperatorConfig.number(environment, TIMEOUT_SECONDS, "240", 1, 3600, "a number of seconds")),
                forget.equals("true"));
    }
}
