package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.Placement;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

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
                .withTemplate(new PodTemplateSpecBuilder(template)
                        .editSpec()
                        .withNodeSelector(nodeSelector(deployment.getSpec().placement()))
                        .endSpec()
                        .build())
                .endSpec()
                .build();
    }

    /** The spec's, whatever the revision: where agents go is not part of what they are. */
    private static Map<String, String> nodeSelector(Placement placement) {
        Map<String, String> selector = new LinkedHashMap<>();
        selector.put("kubernetes.io/os", "linux");
        selector.putAll(placement.nodeSelector());
        return selector;
    }
}
