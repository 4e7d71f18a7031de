package io.devicemgr.operator.reconcile;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;

/**
 * What this cluster has besides plain Kubernetes; looked up once, at start.
 *
 * @param securityContextConstraints whether pods need an SCC
 * @param machineConfigPools whether the nodes are configured by machine config pools
 */
public record ClusterFeatures(boolean securityContextConstraints, boolean machineConfigPools) {

    /** Asks the API server. */
    public static ClusterFeatures of(KubernetesClient client) {
        boolean pools = client.supports(KubeletConfig.class)
                && client.supports(MachineConfigPool.class)
                && !hasExternalControlPlane(client);
        return new ClusterFeatures(client.hasApiGroup("security.openshift.io", true), pools);
    }

    /** Hosted control planes may serve the API without anybody who acts on it (docs/openshift.md 2). */
    private static boolean hasExternalControlPlane(KubernetesClient client) {
        try {
            GenericKubernetesResource cluster = client.genericKubernetesResources(
                            "config.openshift.io/v1", "Infrastructure")
                    .withName("cluster")
                    .get();
            return cluster != null && "External".equals(cluster.get("status", "controlPlaneTopology"));
        } catch (KubernetesClientException e) {
            return false;
        }
    }
}
