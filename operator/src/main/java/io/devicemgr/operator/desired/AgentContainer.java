package io.devicemgr.operator.desired;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.operator.config.AgentDefaults;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The agent's container, with the host's directories under their own paths. */
public final class AgentContainer {
    /** Name of the container. */
    public static final String NAME = "agent";
    /** Compute resources unless the deployment names its own. */
    public static final ResourceRequirements DEFAULT_RESOURCES = new ResourceRequirementsBuilder()
            .addToRequests("cpu", new Quantity("10m"))
            .addToRequests("memory", new Quantity("64Mi"))
            .addToLimits("memory", new Quantity("128Mi"))
            .build();

    static final String SETTINGS = "settings";
    static final String DEVICE_PLUGINS = "device-plugins";
    static final String PLUGINS_REGISTRY = "plugins-registry";
    static final String POD_RESOURCES = "pod-resources";
    static final String DEV = "dev";
    static final String SYS = "sys";
    static final String CDI = "cdi";
    static final String SETTINGS_PATH = "/etc/devicemgr";
    static final String DEVICE_PLUGINS_PATH = "/var/lib/kubelet/device-plugins";
    static final String PLUGINS_REGISTRY_PATH = "/var/lib/kubelet/plugins_registry";
    static final String POD_RESOURCES_PATH = "/var/lib/kubelet/pod-resources";
    static final String DEV_PATH = "/dev";
    static final String SYS_PATH = "/sys";
    static final String CDI_PATH = "/var/run/cdi";

    /** Names of volumes that a deployment must not use for its own. */
    public static final Set<String> VOLUME_NAMES =
            Set.of(SETTINGS, DEVICE_PLUGINS, PLUGINS_REGISTRY, POD_RESOURCES, DEV, SYS, CDI);
    /** Paths in the container that a deployment must not mount over. */
    public static final Set<String> MOUNT_PATHS = Set.of(
            SETTINGS_PATH,
            DEVICE_PLUGINS_PATH,
            PLUGINS_REGISTRY_PATH,
            POD_RESOURCES_PATH,
            DEV_PATH,
            SYS_PATH,
            CDI_PATH);

    private static final String HEALTH_PORT_NAME = "health";
    private static final int HEALTH_PORT = 8080;

    private AgentContainer() {}

    static Container of(DevicePluginDeploymentSpec spec, String image, AgentDefaults defaults, String revision) {
        AgentSpec agent = spec.agent();
        return new ContainerBuilder()
                .withName(NAME)
                .withImage(image)
                .withImagePullPolicy(
                        agent.imagePullPolicy() == null
                                ? defaults.pullPolicy()
                                : agent.imagePullPolicy().name())
                .withEnv(environment(spec, revision))
                .addNewPort()
                .withName(HEALTH_PORT_NAME)
                .withContainerPort(HEALTH_PORT)
                .withProtocol("TCP")
                .endPort()
                .withReadinessProbe(probe("/readyz").withPeriodSeconds(5).build())
                .withLivenessProbe(probe("/healthz")
                        .withInitialDelaySeconds(10)
                        .withPeriodSeconds(20)
                        .build())
                .withResources(agent.resources() == null ? DEFAULT_RESOURCES : agent.resources())
                .withSecurityContext(AgentSecurity.container(agent))
                // The default lies in /dev, which is the host's and mounted read-only.
                .withTerminationMessagePath("/run/agent-termination-message")
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withVolumeMounts(mounts(spec))
                .build();
    }

    private static List<EnvVar> environment(DevicePluginDeploymentSpec spec, String revision) {
        List<EnvVar> variables = new ArrayList<>(List.of(
                variable(Environment.SETTINGS_FILE, SETTINGS_PATH + "/" + AgentSettings.FILE_NAME),
                variable(Environment.REVISION, revision),
                field(Environment.NODE_NAME, "spec.nodeName"),
                field(Environment.POD_IP, "status.podIP"),
                variable(Environment.HEALTH_PORT, Integer.toString(HEALTH_PORT)),
                variable(Environment.DEVICE_PLUGINS_DIR, DEVICE_PLUGINS_PATH),
                variable(Environment.POD_RESOURCES_DIR, POD_RESOURCES_PATH),
                variable(Environment.DEV_DIR, DEV_PATH),
                variable(Environment.SYS_DIR, SYS_PATH),
                // Without it the JVM cannot name a device node that is not plain ASCII.
                variable("LC_ALL", "C.UTF-8"),
                variable(Environment.SERVICE_ACCOUNT_DIR, "/var/run/secrets/kubernetes.io/serviceaccount")));
        if (usesCdi(spec)) {
            variables.add(variable(Environment.CDI_DIR, CDI_PATH));
        }
        if (watched(spec.agent())) {
            variables.add(variable(Environment.PLUGINS_REGISTRY_DIR, PLUGINS_REGISTRY_PATH));
        }
        return variables;
    }

    private static List<VolumeMount> mounts(DevicePluginDeploymentSpec spec) {
        AgentSpec agent = spec.agent();
        List<VolumeMount> mounts = new ArrayList<>();
        mounts.add(mount(SETTINGS, SETTINGS_PATH, true));
        mounts.add(mount(DEVICE_PLUGINS, DEVICE_PLUGINS_PATH, null));
        mounts.add(mount(POD_RESOURCES, POD_RESOURCES_PATH, true));
        mounts.add(mount(DEV, DEV_PATH, true));
        mounts.add(mount(SYS, SYS_PATH, resets(spec) ? null : Boolean.TRUE));
        if (usesCdi(spec)) {
            mounts.add(mount(CDI, CDI_PATH, null));
        }
        if (watched(agent)) {
            mounts.add(mount(PLUGINS_REGISTRY, PLUGINS_REGISTRY_PATH, null));
        }
        mounts.addAll(agent.extraVolumeMounts());
        return mounts;
    }

    /** The volumes that a pod of the agent has of its own. */
    public static Set<String> volumesFor(DevicePluginDeploymentSpec spec) {
        Set<String> names = new HashSet<>(VOLUME_NAMES);
        if (!usesCdi(spec)) {
            names.remove(CDI);
        }
        if (!watched(spec.agent())) {
            names.remove(PLUGINS_REGISTRY);
        }
        return names;
    }

    /** Whether the agent writes CDI specifications. */
    static boolean usesCdi(DevicePluginDeploymentSpec spec) {
        return !spec.discoverOnly()
                && spec.resources().stream()
                        .anyMatch(resource -> resource.allocate().cdi().enabled());
    }

    /** Whether the agent writes to sysfs. */
    private static boolean resets(DevicePluginDeploymentSpec spec) {
        return !spec.discoverOnly()
                && spec.resources().stream()
                        .anyMatch(resource -> resource.prepare().reset() != Reset.None);
    }

    /** Whether the agent registers in a directory that it needs for nothing else. */
    static boolean watched(AgentSpec agent) {
        return agent.registration() == AgentSpec.Registration.PluginWatcher;
    }

    private static VolumeMount mount(String volume, String path, Boolean readOnly) {
        return new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(readOnly)
                .build();
    }

    private static ProbeBuilder probe(String path) {
        Probe probe = new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(HEALTH_PORT_NAME)
                .endHttpGet()
                .withTimeoutSeconds(2)
                .withFailureThreshold(3)
                .build();
        return new ProbeBuilder(probe);
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }
}
