package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;

/** Lets the agents' service account, and no other, use the SCC that its pods need on OpenShift (docs/openshift.md 5). */
public final class AgentSccRoleBinding {
    private AgentSccRoleBinding() {}

    static RoleBinding of(DevicePluginDeployment deployment, String namespace, PodTemplateSpec template) {
        String deploymentName = deployment.getMetadata().getName();
        return new RoleBindingBuilder()
                .withMetadata(
                        Owner.metadata(deployment, namespace, nameFor(deploymentName, template), Labels.of(deployment)))
                .withNewRoleRef(AgentClusterRoleBinding.RBAC_GROUP, "ClusterRole", clusterRole(template))
                .addNewSubject(null, "ServiceAccount", ObjectNames.agent(deploymentName), namespace)
                .build();
    }

    /** Name of the one binding that the pods of a template need. */
    public static String nameFor(String deployment, PodTemplateSpec template) {
        return AgentSecurity.needsRestrictedScc(template)
                ? ObjectNames.restrictedSccRoleBinding(deployment)
                : ObjectNames.sccRoleBinding(deployment);
    }

    /** The role by which the pods of a template are let in. */
    public static String clusterRole(PodTemplateSpec template) {
        return AgentSecurity.needsRestrictedScc(template)
                ? ObjectNames.RESTRICTED_SCC_CLUSTER_ROLE
                : ObjectNames.PRIVILEGED_SCC_CLUSTER_ROLE;
    }
}
