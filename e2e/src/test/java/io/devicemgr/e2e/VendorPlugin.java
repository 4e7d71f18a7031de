package io.devicemgr.e2e;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.sandbox.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The agent as a plugin like any other: it offers /dev/null and /dev/zero to the kubelet whose directory it is given. */
final class VendorPlugin {
    private static final String SETTINGS = """
            {"deployment": "try", "resources": [{"name": "example.com/null",
             "discover": [{"path": {"glob": "/dev/null"}}, {"path": {"glob": "/dev/zero"}}]}]}""";

    private VendorPlugin() {}

    static Process start(Path kubelet) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        kubelet.resolve("plugin.log").toFile()));
        builder.environment().putAll(environment(kubelet));
        return builder.start();
    }

    static List<String> command() {
        return agent().entrypoint();
    }

    private static Image agent() {
        return Distribution.builtIn(Line.project()).agent();
    }

    /** What a pod of the agent is told, but for an API server: there is none, and the agent does without. */
    static Map<String, String> environment(Path kubelet) throws IOException {
        Path settings = Files.writeString(kubelet.resolve(AgentSettings.FILE_NAME), SETTINGS);
        Map<String, String> environment = new HashMap<>(agent().environment());
        environment.put(Environment.SETTINGS_FILE, settings.toString());
        environment.put(Environment.NODE_NAME, "try");
        environment.put(Environment.POD_IP, "127.0.0.1");
        environment.put(Environment.HEALTH_PORT, "0");
        environment.put(
                Environment.DEVICE_PLUGINS_DIR,
                kubelet.resolve("device-plugins").toString());
        environment.put(
                Environment.POD_RESOURCES_DIR, kubelet.resolve("pod-resources").toString());
        environment.put(Environment.SERVICE_ACCOUNT_DIR, kubelet.toString());
        environment.put(Environment.API_HOST, "127.0.0.1");
        environment.put(Environment.API_PORT, "1");
        return environment;
    }
}
