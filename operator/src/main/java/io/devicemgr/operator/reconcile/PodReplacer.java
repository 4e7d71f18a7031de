package io.devicemgr.operator.reconcile;

import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes agent pods, so that the DaemonSet makes new ones. The one place where that happens. */
final class PodReplacer {
    private static final Logger LOG = LoggerFactory.getLogger(PodReplacer.class);

    private final KubernetesClient client;

    PodReplacer(KubernetesClient client) {
        this.client = client;
    }

    void replace(List<AgentPod> pods) {
        for (AgentPod agent : pods) {
            Pod pod = agent.pod();
            LOG.info("Replacing the agent on {} (pod {}, revision {})", agent.node(), agent.name(), agent.revision());
            client.pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(agent.name())
                    .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                    .delete();
        }
    }
}
