package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;

/** Lets the agents write their NodeDeviceReports. */
final class AgentClusterRoleBinding {
    private AgentClusterRoleBinding() {}

    static ClusterRoleBinding of(DevicePluginDeployment deployment, String namespace) {
        String name = ObjectNames.agent(deployment.getMetadata().getName());
        return new ClusterRoleBindingBuilder()
                .withMetadata(Owner.metadata(deployment, null, name, Labels.of(deployment)))
                .withNewRoleRef(RBAC_GROUP, "ClusterRole", ObjectNames.AGENT_CLUSTER_ROLE)
                .addNewSubject(null, "ServiceAccount", name, namespace)
                .build();
    }

    static final String RBAC_GROUP = "rbac.authorization.k8s.io";
}
