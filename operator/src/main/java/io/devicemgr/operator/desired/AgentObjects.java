package io.devicemgr.operator.desired;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the agents of a deployment need.
 *
 * @param image image of the agents
 * @param revision revision of the objects
 * @param objects in the order in which they are applied: what a pod needs comes before the pod
 */
public record AgentObjects(String image, String revision, List<HasMetadata> objects) {

    /**
     * The objects for the resources that a deployment may offer; nothing when it may offer none.
     *
     * @param openShiftScc whether the cluster has security context constraints
     */
    public static Optional<AgentObjects> of(
            DevicePluginDeployment deployment,
            List<DeviceResource> offered,
            OperatorConfig config,
            boolean openShiftScc) {
        if (offered.isEmpty()) {
            return Optional.empty();
        }
        String namespace = config.namespace();
        String image = imageOf(deployment, config);
        var settings = settings(deployment, offered);
        String revision = Revision.of(settings, AgentPodTemplate.of(deployment, image, ""));
        List<HasMetadata> objects = new ArrayList<>();
        objects.add(AgentServiceAccount.of(deployment, namespace));
        objects.add(AgentClusterRoleBinding.of(deployment, namespace));
        if (openShiftScc) {
            objects.add(AgentSccRoleBinding.of(deployment, namespace));
        }
        objects.add(AgentConfigMap.of(deployment, settings, namespace, revision));
        objects.add(AgentDaemonSet.of(deployment, namespace, AgentPodTemplate.of(deployment, image, revision)));
        return Optional.of(new AgentObjects(image, revision, List.copyOf(objects)));
    }

    /** The image of a deployment's agents: its own, or else the operator's default. */
    public static String imageOf(DevicePluginDeployment deployment, OperatorConfig config) {
        AgentSpec agent = deployment.getSpec().agent();
        return agent.image().isBlank() ? config.agentImage() : agent.image();
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
