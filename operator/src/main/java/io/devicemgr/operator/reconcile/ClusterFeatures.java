package io.devicemgr.operator.reconcile;

import io.devicemgr.operator.status.MachineConfigs.Availability;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;

/**
 * What this cluster has besides plain Kubernetes; looked up once, at start.
 *
 * @param securityContextConstraints whether pods need an SCC
 * @param machineConfigs whether the nodes are configured by machine config pools
 */
public record ClusterFeatures(boolean securityContextConstraints, Availability machineConfigs) {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    /**
     * Asks the API server.
     *
     * @throws KubernetesClientException when it does not answer: a guess would hold until the next start
     */
    public static ClusterFeatures of(KubernetesClient client) {
        return new ClusterFeatures(client.hasApiGroup("security.openshift.io", true), machineConfigs(client));
    }

    private static Availability machineConfigs(KubernetesClient client) {
        if (hasExternalControlPlane(client)) {
            return Availability.ExternalControlPlane;
        }
        return client.supports(KubeletConfig.class) && client.supports(MachineConfigPool.class)
                ? Availability.Served
                : Availability.NotServed;
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
            if (e.getCode() == FORBIDDEN || e.getCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    boolean machineConfigPools() {
        return machineConfigs == Availability.Served;
    }
}
