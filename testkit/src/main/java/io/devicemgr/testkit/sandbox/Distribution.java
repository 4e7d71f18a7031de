package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The operator and the agent as they were built, and how each is started. */
public record Distribution(List<String> operatorCommand, Image agent) {
    /** Name of the agent's image in simulated clusters. */
    public static final String AGENT_IMAGE = "device-plugin-agent:sandbox";

    private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

    /** The operator's environment besides what the cluster gives it. */
    static final Map<String, String> OPERATOR_ENVIRONMENT = Map.of("AGENT_IMAGE", AGENT_IMAGE, "HEALTH_PORT", "0");

    /**
     * What {@code mvn package} left below the project's directory.
     *
     * @throws IllegalStateException when it has not been built
     */
    public static Distribution builtIn(Path project) {
        Path operator = project.resolve("operator/target");
        Path agent = project.resolve("plugin-agent/target");
        return new Distribution(
                List.of(
                        java(),
                        "@" + built(operator.resolve("operator.options")),
                        "-jar",
                        built(operator.resolve("operator.jar"))),
                new Image(
                        List.of(
                                java(),
                                "@" + built(agent.resolve("agent.options")),
                                "-jar",
                                built(agent.resolve("plugin-agent.jar"))),
                        // One arena for the whole process: the C library would make one for each thread.
                        Map.of("MALLOC_ARENA_MAX", "1")));
    }

    /**
     * What was built, or what the environment names instead: {@code SANDBOX_OPERATOR} and {@code SANDBOX_AGENT} are programs that start
     * them, out of their images for example.
     */
    static Distribution of(Path project, Map<String, String> environment) {
        String operator = environment.get("SANDBOX_OPERATOR");
        String agent = environment.get("SANDBOX_AGENT");
        Distribution built = builtIn(project);
        return new Distribution(
                operator == null ? built.operatorCommand : List.of(operator),
                agent == null ? built.agent : new Image(List.of(agent), Map.of()));
    }

    /** The operator's environment besides what the cluster gives it. */
    public Map<String, String> operatorEnvironment() {
        return OPERATOR_ENVIRONMENT;
    }

    /** The operator as an image: its pods find the API server and their account as every pod does. */
    public Image operator() {
        return new Image(
                operatorCommand,
                Map.of(
                        "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", SERVICE_ACCOUNT + "token",
                        "KUBERNETES_CERTS_CA_FILE", SERVICE_ACCOUNT + "ca.crt"),
                "HEALTH_PORT");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String built(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalStateException(file + " is missing: build with 'mvn -DskipTests package' first");
        }
        return file.toString();
    }
}
