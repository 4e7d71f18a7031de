package io.devicemgr.operator.desired;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.Placement;
import io.devicemgr.operator.config.AgentDefaults;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;

/** The agent's pod: what of the host it sees and how it is let in (docs/openshift.md 5). */
final class AgentPodTemplate {
    private static final List<Toleration> TOLERATE_ALL = List.of(exists("NoSchedule"), exists("NoExecute"));

    private AgentPodTemplate() {}

    static PodTemplateSpec of(DevicePluginDeployment deployment, OperatorConfig config, String revision) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Labels.of(deployment, revision))
                .addToAnnotations("kubectl.kubernetes.io/default-container", AgentContainer.NAME)
                .addToAnnotations(
                        AgentSecurity.REQUIRED_SCC,
                        AgentSecurity.scc(deployment.getSpec().agent()))
                .endMetadata()
                .withSpec(podSpec(deployment, config, revision).build())
                .build();
    }

    private static PodSpecBuilder podSpec(DevicePluginDeployment deployment, OperatorConfig config, String revision) {
        String name = deployment.getMetadata().getName();
        AgentSpec agent = deployment.getSpec().agent();
        Placement placement = deployment.getSpec().placement();
        return new PodSpecBuilder()
                .withServiceAccountName(ObjectNames.agent(name))
                .withPriorityClassName(placement.priorityClassName())
                .withTolerations(placement.tolerations().isEmpty() ? TOLERATE_ALL : placement.tolerations())
                .withTerminationGracePeriodSeconds(10L)
                // What a killed probe command leaves behind is reaped by the pause process; the agent as process 1
                // would not.
                .withShareProcessNamespace(true)
                .withImagePullSecrets(pullSecrets(agent, config.agent()))
                .withSecurityContext(AgentSecurity.pod(agent))
                .withInitContainers(AgentSecurity.initContainers(agent))
                .withContainers(AgentContainer.of(
                        deployment.getSpec(), AgentRevision.imageOf(deployment, config), config.agent(), revision))
                .addToVolumes(settings(ObjectNames.configMap(name, revision)))
                .addToVolumes(hostDirectory(AgentContainer.DEVICE_PLUGINS, AgentContainer.DEVICE_PLUGINS_PATH))
                .addToVolumes(hostDirectory(AgentContainer.POD_RESOURCES, AgentContainer.POD_RESOURCES_PATH))
                .addToVolumes(hostDirectory(AgentContainer.DEV, AgentContainer.DEV_PATH))
                .addToVolumes(hostDirectory(AgentContainer.SYS, AgentContainer.SYS_PATH))
                .addAllToVolumes(registry(agent))
                .addAllToVolumes(cdi(deployment.getSpec()))
                .addAllToVolumes(agent.extraVolumes());
    }

    /** The deployment's own instead of the defaults, never both: an image of its own may lie elsewhere. */
    private static List<LocalObjectReference> pullSecrets(AgentSpec agent, AgentDefaults defaults) {
        return agent.imagePullSecrets().isEmpty()
                ? defaults.pullSecrets().stream().map(LocalObjectReference::new).toList()
                : agent.imagePullSecrets();
    }

    /** Not every node has this directory, so only who asks for it depends on it. */
    private static List<Volume> registry(AgentSpec agent) {
        return AgentContainer.watched(agent)
                ? List.of(hostDirectory(AgentContainer.PLUGINS_REGISTRY, AgentContainer.PLUGINS_REGISTRY_PATH))
                : List.of();
    }

    /** Container runtimes read this directory when it is there, and nobody else need have made it. */
    private static List<Volume> cdi(DevicePluginDeploymentSpec spec) {
        return AgentContainer.usesCdi(spec)
                ? List.of(new VolumeBuilder()
                        .withName(AgentContainer.CDI)
                        .withNewHostPath(AgentContainer.CDI_PATH, "DirectoryOrCreate")
                        .build())
                : List.of();
    }

    private static Volume settings(String configMap) {
        return new VolumeBuilder()
                .withName(AgentContainer.SETTINGS)
                .withNewConfigMap()
                .withName(configMap)
                .addNewItem(AgentSettings.FILE_NAME, null, AgentSettings.FILE_NAME)
                .endConfigMap()
                .build();
    }

    /** Type Directory: a missing directory is a fault to show, not one to paper over by creating it. */
    private static Volume hostDirectory(String name, String path) {
        return new VolumeBuilder()
                .withName(name)
                .withNewHostPath(path, "Directory")
                .build();
    }

    private static Toleration exists(String effect) {
        return new TolerationBuilder().withOperator("Exists").withEffect(effect).build();
    }
}
