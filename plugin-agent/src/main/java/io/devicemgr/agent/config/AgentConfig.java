package io.devicemgr.agent.config;

import io.devicemgr.agent.json.Json;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Everything that the agent is told at its start.
 *
 * @param settings what the operator wrote
 * @param revision revision of the settings, for the report
 * @param nodeName node that the agent runs on
 * @param podIp address that the health endpoints listen on
 * @param healthPort their port; 0 takes a free one
 * @param devicePluginsDir the kubelet's device plugin directory
 * @param podResourcesSocket socket of the kubelet's PodResources API
 * @param pluginsRegistryDir directory of the kubelet's plugin watcher; used when the settings ask for it
 * @param devDir where the host's /dev is mounted
 * @param sysDir where the host's /sys is mounted
 * @param cdiDir where CDI specifications are written
 * @param serviceAccountDir directory with token and ca.crt
 * @param apiServer base address of the API server
 */
public record AgentConfig(
        AgentSettings settings,
        String revision,
        String nodeName,
        String podIp,
        int healthPort,
        Path devicePluginsDir,
        Path podResourcesSocket,
        Path pluginsRegistryDir,
        Path devDir,
        Path sysDir,
        Path cdiDir,
        Path serviceAccountDir,
        URI apiServer) {

    /**
     * Reads environment and settings file.
     *
     * @throws ConfigurationException when something is missing or cannot be used
     */
    public static AgentConfig read(Map<String, String> environment) throws ConfigurationException {
        Variables variables = new Variables(environment);
        AgentSettings settings = settings(variables.path(Environment.SETTINGS_FILE, null));
        SettingsCheck.check(settings);
        Path plugins = variables.path(Environment.DEVICE_PLUGINS_DIR, "/var/lib/kubelet/device-plugins");
        variables.checkSocketPath(Environment.DEVICE_PLUGINS_DIR, plugins);
        Path registry = variables.path(Environment.PLUGINS_REGISTRY_DIR, "/var/lib/kubelet/plugins_registry");
        variables.checkSocketPath(Environment.PLUGINS_REGISTRY_DIR, registry);
        Path podResources = variables.path(Environment.POD_RESOURCES_DIR, "/var/lib/kubelet/pod-resources");
        return new AgentConfig(
                settings,
                variables.text(Environment.REVISION, ""),
                variables.text(Environment.NODE_NAME, null),
                variables.text(Environment.POD_IP, null),
                variables.port(Environment.HEALTH_PORT, "8080"),
                plugins,
                podResources.resolve("kubelet.sock"),
                registry,
                variables.path(Environment.DEV_DIR, "/dev"),
                variables.path(Environment.SYS_DIR, "/sys"),
                variables.path(Environment.CDI_DIR, "/var/run/cdi"),
                variables.path(Environment.SERVICE_ACCOUNT_DIR, "/var/run/secrets/kubernetes.io/serviceaccount"),
                apiServer(variables));
    }

    private static AgentSettings settings(Path file) throws ConfigurationException {
        try {
            return Json.read(Files.readString(file), AgentSettings.class);
        } catch (IOException e) {
            throw new ConfigurationException("The settings file " + file + " (" + Environment.SETTINGS_FILE
                    + ") cannot be read: " + e + ". The operator must mount its ConfigMap there.");
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new ConfigurationException("The settings file " + file + " (" + Environment.SETTINGS_FILE
                    + ") is not what the operator writes: " + e.getMessage()
                    + ". Operator and agent image must be of the same release.");
        }
    }

    private static URI apiServer(Variables variables) throws ConfigurationException {
        String host = variables.text(Environment.API_HOST, null);
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        int port = variables.port(Environment.API_PORT, "443");
        try {
            return URI.create("https://" + bracketed + ":" + port);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("The environment variable " + Environment.API_HOST + " is '" + host
                    + "', which is not a host. The kubelet sets it; the DaemonSet must not override it.");
        }
    }
}
