package io.devicemgr.operator.uninstall;

import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.desired.ObjectNames;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;

/** Ends the agents of a deployment without an operator. */
final class AgentsEnd {
    private final KubernetesClient client;
    private final String namespace;
    private final Clock clock;

    AgentsEnd(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** Deletes the DaemonSet, which takes its pods along. Returns the nodes with agents that may still end. */
    List<String> end(String deployment) {
        client.apps()
                .daemonSets()
                .inNamespace(namespace)
                .withName(ObjectNames.agent(deployment))
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete();
        return client.pods().inNamespace(namespace).withLabel(Labels.DEPLOYMENT, deployment).list().getItems().stream()
                .map(pod -> new AgentPod(pod, null))
                .filter(pod -> !pod.ended() && !pod.overdue(clock.instant()))
                .map(AgentPod::node)
                .toList();
    }
}
