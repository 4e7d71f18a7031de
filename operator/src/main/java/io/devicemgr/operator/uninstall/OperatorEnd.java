package io.devicemgr.operator.uninstall;

import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.leader.LeaderElection;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;

/** The end of the operator itself: as long as one runs, it makes its lease anew. */
final class OperatorEnd {
    private final KubernetesClient client;
    private final String namespace;

    OperatorEnd(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Asks for no operator. Returns the pods that are still there; none where the installation has no Deployment of ours. */
    List<String> step() {
        var named = client.apps().deployments().inNamespace(namespace).withName(Labels.OPERATOR);
        Deployment deployment = named.get();
        if (deployment == null) {
            return List.of();
        }
        if (!Integer.valueOf(0).equals(deployment.getSpec().getReplicas())) {
            named.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":0}}");
        }
        return client
                .pods()
                .inNamespace(namespace)
                .withLabels(deployment.getSpec().getSelector().getMatchLabels())
                .list()
                .getItems()
                .stream()
                .map(Pod::getMetadata)
                .map(metadata -> metadata.getName())
                .toList();
    }

    void forgetLease() {
        client.leases().inNamespace(namespace).withName(LeaderElection.LEASE).delete();
    }
}
