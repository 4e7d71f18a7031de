package io.devicemgr.operator.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What the operator is told by its environment, read once.
 *
 * @param namespace where the agents and their settings live
 * @param agent what agents are whose deployment does not say otherwise
 * @param healthPort TCP port of /healthz, /readyz and /metrics; 0 takes any free one
 * @param lease how to stand for election; nothing when this is the only operator, whoever else there is
 */
public record OperatorConfig(String namespace, AgentDefaults agent, int healthPort, Optional<LeaseSettings> lease) {
    /** Namespace of the operator. */
    public static final String NAMESPACE = "OPERATOR_NAMESPACE";
    /** Image of the agents. */
    public static final String IMAGE = "AGENT_IMAGE";
    /** When the kubelet pulls it. */
    public static final String PULL_POLICY = "AGENT_IMAGE_PULL_POLICY";
    /** Names of the secrets with which it is pulled, with commas in between. */
    public static final String PULL_SECRETS = "AGENT_IMAGE_PULL_SECRETS";
    /** Port of the health endpoints. */
    public static final String PORT = "HEALTH_PORT";
    /** Whether operators elect the one that acts; true unless it says false. */
    public static final String ELECTION = "LEADER_ELECTION";
    /** This operator's name in the election, the name of its pod. */
    public static final String IDENTITY = "POD_NAME";
    /** After how many seconds without renewal another operator takes over. */
    public static final String LEASE_SECONDS = "LEASE_SECONDS";
    /** Where Kubernetes tells a pod its namespace. */
    public static final Path NAMESPACE_FILE = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

    private static final Set<String> PULL_POLICIES = Set.of("", "Always", "IfNotPresent", "Never");

    public OperatorConfig {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(lease, "lease");
    }

    /** The only operator. */
    public OperatorConfig(String namespace, String agentImage, int healthPort) {
        this(namespace, new AgentDefaults(agentImage), healthPort, Optional.empty());
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
                agent(environment),
                number(environment, PORT, "8080", 0, 65535, "a port"),
                lease(environment));
    }

    static String namespace(Map<String, String> environment, Path file) {
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

    private static AgentDefaults agent(Map<String, String> environment) {
        String image =
                required(environment, IMAGE, "the image of the node agent, for example registry.example.com/agent:1.0");
        String policy = environment.getOrDefault(PULL_POLICY, "").strip();
        if (!PULL_POLICIES.contains(policy)) {
            throw new IllegalArgumentException(
                    PULL_POLICY + " is '" + policy + "': set it to Always, IfNotPresent or Never");
        }
        return new AgentDefaults(
                image,
                policy.isEmpty() ? "IfNotPresent" : policy,
                Stream.of(environment.getOrDefault(PULL_SECRETS, "").split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    private static String required(Map<String, String> environment, String name, String what) {
        String value = environment.getOrDefault(name, "").strip();
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set: set it to " + what);
        }
        return value;
    }

    private static Optional<LeaseSettings> lease(Map<String, String> environment) {
        String election = environment.getOrDefault(ELECTION, "true").strip();
        if (election.equals("false")) {
            return Optional.empty();
        }
        if (!election.equals("true")) {
            throw new IllegalArgumentException(ELECTION + " is '" + election + "': set it to true or false");
        }
        String identity = environment.getOrDefault(IDENTITY, "").strip();
        return Optional.of(new LeaseSettings(
                identity.isEmpty() ? "operator-" + UUID.randomUUID() : identity,
                Duration.ofSeconds(number(environment, LEASE_SECONDS, "15", 3, 3600, "a number of seconds"))));
    }

    static int number(
            Map<String, String> environment, String name, String otherwise, int least, int most, String what) {
        String text = environment.getOrDefault(name, otherwise).strip();
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException(
                    name + " is '" + text + "': set it to " + what + " from " + least + " to " + most);
        }
        return Integer.parseInt(text);
    }
}
