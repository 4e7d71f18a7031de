package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;

/** Who the agents are; a service account of their own, because SCC admission looks at it (docs/openshift.md 5). */
final class AgentServiceAccount {
    private AgentServiceAccount() {}

    static ServiceAccount of(DevicePluginDeployment deployment, String namespace) {
        String name = ObjectNames.agent(deployment.getMetadata().getName());
        return new ServiceAccountBuilder()
                .withMetadata(Owner.metadata(deployment, namespace, name, Labels.of(deployment)))
                .build();
    }
}
