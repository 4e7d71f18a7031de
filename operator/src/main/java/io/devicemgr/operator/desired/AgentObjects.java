package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;

/** Everything that the agents of a deployment need. */
public final class AgentObjects {
    private AgentObjects() {}

    /**
     * The objects, in the order in which they are applied: what a pod needs comes before the pod.
     *
     * @param revision what the agents are to be
     * @param openShiftScc whether the cluster has security context constraints
     */
    public static List<HasMetadata> of(
            DevicePluginDeployment deployment, AgentRevision revision, OperatorConfig config, boolean openShiftScc) {
        String namespace = config.namespace();
        List<HasMetadata> objects = new ArrayList<>();
        objects.add(AgentServiceAccount.of(deployment, namespace));
        objects.add(AgentClusterRoleBinding.of(deployment, namespace));
        if (openShiftScc) {
            objects.add(AgentSccRoleBinding.of(deployment, namespace, revision.template()));
        }
        objects.add(revision.configMap(deployment, namespace));
        objects.add(AgentDaemonSet.of(deployment, namespace, revision.template()));
        return List.copyOf(objects);
    }
}
