package io.devicemgr.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that reaches a node: what the agent is told and the pod that it runs in. Where it goes, the node selector, is no part
 * of it. It is kept in an immutable ConfigMap, from which it can be put back later.
 *
 * @param name hash of the rest
 * @param settings what the agent is told
 * @param template the agent's pod, without a node selector
 */
public record AgentRevision(String name, AgentSettings settings, PodTemplateSpec template) {
    /** Key of the pod template in the ConfigMap. */
    static final String TEMPLATE = "template.json";

    /**
     * The revision that a deployment asks for.
     *
     * @param offered the resources that it may offer
     */
    public static AgentRevision of(
            DevicePluginDeployment deployment, List<DeviceResource> offered, OperatorConfig config) {
        AgentSettings settings = settings(deployment, offered);
        String name = Revision.of(settings, AgentPodTemplate.of(deployment, config, ""));
        return new AgentRevision(name, settings, AgentPodTemplate.of(deployment, config, name));
    }

    /** The revision that a ConfigMap keeps; nothing when it keeps none that can be put back, as those of the first release. */
    public static Optional<AgentRevision> read(ConfigMap kept) {
        Map<String, String> data = kept.getData() == null ? Map.of() : kept.getData();
        String name = kept.getMetadata().getLabels().get(Labels.REVISION);
        if (name == null || !data.containsKey(AgentSettings.FILE_NAME) || !data.containsKey(TEMPLATE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AgentRevision(
                    name,
                    AgentSettings.fromJson(data.get(AgentSettings.FILE_NAME)),
                    Revision.read(data.get(TEMPLATE), PodTemplateSpec.class)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where it is kept. Named after the revision, so that a pod never sees the settings of another one. */
    ConfigMap configMap(DevicePluginDeployment deployment, String namespace) {
        String map = ObjectNames.configMap(deployment.getMetadata().getName(), name);
        return new ConfigMapBuilder()
                .withMetadata(Owner.metadata(deployment, namespace, map, Labels.of(deployment, name)))
                .withImmutable(true)
                .withData(Map.of(AgentSettings.FILE_NAME, settings.toJson(), TEMPLATE, Revision.write(template)))
                .build();
    }

    /** Image of the agent. */
    public String image() {
        return template.getSpec().getContainers().stream()
                .filter(container -> AgentContainer.NAME.equals(container.getName()))
                .map(Container::getImage)
                .findFirst()
                .orElse("");
    }

    /** The image of a deployment's agents: its own, or else the operator's default. */
    public static String imageOf(DevicePluginDeployment deployment, OperatorConfig config) {
        AgentSpec agent = deployment.getSpec().agent();
        return agent.image().isBlank() ? config.agent().image() : agent.image();
    }

    private static AgentSettings settings(DevicePluginDeployment deployment, List<DeviceResource> offered) {
        DevicePluginDeploymentSpec spec = deployment.getSpec();
        return new AgentSettings(
                deployment.getMetadata().getName(),
                deployment.getMetadata().getUid(),
                spec.agent().logLevel(),
                spec.discoverOnly(),
                offered,
                spec.agent().registration());
    }
}
