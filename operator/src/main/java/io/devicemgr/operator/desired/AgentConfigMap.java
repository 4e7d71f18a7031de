package io.devicemgr.operator.desired;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;

/** The agent's settings. Immutable and named after the revision, so that a pod never sees the settings of another revision. */
final class AgentConfigMap {
    private AgentConfigMap() {}

    static ConfigMap of(DevicePluginDeployment deployment, AgentSettings settings, String namespace, String revision) {
        String name = ObjectNames.configMap(deployment.getMetadata().getName(), revision);
        return new ConfigMapBuilder()
                .withMetadata(Owner.metadata(deployment, namespace, name, Labels.of(deployment, revision)))
                .withImmutable(true)
                .withData(Map.of(AgentSettings.FILE_NAME, settings.toJson()))
                .build();
    }
}
