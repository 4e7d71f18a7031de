package io.devicemgr.api.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.util.List;
import java.util.Objects;

/**
 * What the operator writes into the agent's ConfigMap and the agent reads back. Fields that an older or newer half does not
 * know are ignored, so both understand each other across one upgrade.
 *
 * @param deployment name of the DevicePluginDeployment
 * @param deploymentUid its uid, for the owner reference of the NodeDeviceReport
 * @param logLevel how much the agent logs
 * @param discoverOnly report and register nothing
 * @param resources what the agent offers, as in the spec
 * @param registration how it makes itself known to the kubelet
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AgentSettings(
        String deployment,
        String deploymentUid,
        AgentSpec.LogLevel logLevel,
        boolean discoverOnly,
        List<DeviceResource> resources,
        AgentSpec.Registration registration) {

    /** Key of the settings in the ConfigMap, and so the name of the mounted file. */
    public static final String FILE_NAME = "settings.json";

    public AgentSettings {
        Objects.requireNonNull(deployment, "deployment");
        logLevel = logLevel == null ? AgentSpec.LogLevel.info : logLevel;
        resources = resources == null ? List.of() : List.copyOf(resources);
        registration = registration == null ? AgentSpec.Registration.Register : registration;
    }

    /** The settings as JSON, the same text for equal settings. */
    public String toJson() {
        return SettingsJson.write(this);
    }

    /**
     * Reads settings. The agent has a reader of its own, which needs no data binding.
     *
     * @throws IllegalArgumentException when the text is not what {@link #toJson()} writes
     */
    public static AgentSettings fromJson(String json) {
        return SettingsJson.read(json);
    }

    /** Names of the environment variables by which the DaemonSet tells the agent where things are. All paths are absolute. */
    public static final class Environment {
        /** Path of the settings file. */
        public static final String SETTINGS_FILE = "SETTINGS_FILE";
        /** Revision of the settings and of the pod template. */
        public static final String REVISION = "REVISION";
        /** Name of the node, from the downward API. */
        public static final String NODE_NAME = "NODE_NAME";
        /** Address of the pod, from the downward API; health endpoints listen on it. */
        public static final String POD_IP = "POD_IP";
        /** Port of the health endpoints. */
        public static final String HEALTH_PORT = "HEALTH_PORT";
        /** The kubelet's device plugin directory, with kubelet.sock in it. */
        public static final String DEVICE_PLUGINS_DIR = "DEVICE_PLUGINS_DIR";
        /** Directory of the kubelet's plugin watcher. */
        public static final String PLUGINS_REGISTRY_DIR = "PLUGINS_REGISTRY_DIR";
        /** Directory of the kubelet's PodResources socket, kubelet.sock. */
        public static final String POD_RESOURCES_DIR = "POD_RESOURCES_DIR";
        /** Where the host's /dev is mounted. */
        public static final String DEV_DIR = "DEV_DIR";
        /** Where the host's /sys is mounted. */
        public static final String SYS_DIR = "SYS_DIR";
        /** Where container runtimes look for CDI specifications that come and go. */
        public static final String CDI_DIR = "CDI_DIR";
        /** Directory with the service account's token, ca.crt and namespace. */
        public static final String SERVICE_ACCOUNT_DIR = "SERVICE_ACCOUNT_DIR";
        /** Host of the API server; set by the kubelet in every pod. */
        public static final String API_HOST = "KUBERNETES_SERVICE_HOST";
        /** Port of the API server; set by the kubelet in every pod. */
        public static final String API_PORT = "KUBERNETES_SERVICE_PORT";

        private Environment() {}
    }
}
