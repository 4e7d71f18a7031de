package io.devicemgr.operator.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What the operator is told by its environment, read once.
 *
 * @param namespace where the agents and their settings live
 * @param agentImage image of the agents whose deployment names none
 * @param healthPort TCP port of /healthz and /readyz; 0 takes any free one
 */
public record OperatorConfig(String namespace, String agentImage, int healthPort) {
    /** Namespace of the operator. */
    public static final String NAMESPACE = "OPERATOR_NAMESPACE";
    /** Image of the agents. */
    public static final String IMAGE = "AGENT_IMAGE";
    /** Port of the health endpoints. */
    public static final String PORT = "HEALTH_PORT";
    /** Where Kubernetes tells a pod its namespace. */
    public static final Path NAMESPACE_FILE = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

    public OperatorConfig {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(agentImage, "agentImage");
    }

    /**
     * Reads the environment.
     *
     * @param namespaceFile read when the environment names no namespace
     * @throws IllegalArgumentException naming the variable to set
     */
    public static OperatorConfig from(Map<String, String> environment, Path namespaceFile) {
        return new OperatorConfig(
                namespace(environment, namespaceFile),
                required(environment, IMAGE, "the image of the node agent, for example registry.example.com/agent:1.0"),
                port(environment));
    }

    private static String namespace(Map<String, String> environment, Path file) {
        String given = environment.getOrDefault(NAMESPACE, "").strip();
        return given.isEmpty() ? namespaceOf(file) : given;
    }

    private static String namespaceOf(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    NAMESPACE + " is not set and " + file + " cannot be read: set " + NAMESPACE
                            + " to the namespace in which the agents are to run",
                    e);
        }
    }

    private static String required(Map<String, String> environment, String name, String what) {
        String value = environment.getOrDefault(name, "").strip();
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set: set it to " + what);
        }
        return value;
    }

    private static int port(Map<String, String> environment) {
        String text = environment.getOrDefault(PORT, "8080").strip();
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException(PORT + " is '" + text + "': set it to a port from 0 to 65535");
        }
        return Integer.parseInt(text);
    }
}
