package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;

/** Puts the agent on the nodes. OnDelete, because the rollout decides which pod is replaced when. */
final class AgentDaemonSet {
    private AgentDaemonSet() {}

    static DaemonSet of(DevicePluginDeployment deployment, String namespace, PodTemplateSpec template) {
        String name = ObjectNames.agent(deployment.getMetadata().getName());
        String revision = template.getMetadata().getLabels().get(Labels.REVISION);
        return new DaemonSetBuilder()
                .withMetadata(Owner.metadata(deployment, namespace, name, Labels.of(deployment, revision)))
                .withNewSpec()
                .withNewSelector()
                .withMatchLabels(Labels.selector(deployment))
                .endSelector()
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withTemplate(template)
                .endSpec()
                .build();
    }
}
