package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;

/** Lets the agents' service account, and no other, run privileged on OpenShift (docs/openshift.md 5). */
final class AgentSccRoleBinding {
    private AgentSccRoleBinding() {}

    static RoleBinding of(DevicePluginDeployment deployment, String namespace) {
        String deploymentName = deployment.getMetadata().getName();
        String name = ObjectNames.sccRoleBinding(deploymentName);
        return new RoleBindingBuilder()
                .withMetadata(Owner.metadata(deployment, namespace, name, Labels.of(deployment)))
                .withNewRoleRef(
                        AgentClusterRoleBinding.RBAC_GROUP, "ClusterRole", ObjectNames.PRIVILEGED_SCC_CLUSTER_ROLE)
                .addNewSubject(null, "ServiceAccount", ObjectNames.agent(deploymentName), namespace)
                .build();
    }
}
