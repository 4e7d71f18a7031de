package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Trial;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the revisions that nobody needs any more: neither the rollout, which may go back to the last good one, nor an agent pod, nor
 * a node in its turn.
 */
final class SettingsSweeper {
    private SettingsSweeper() {}

    /**
     * Finds them.
     *
     * @param written what is written of the rollout: whoever starts next goes by that, and not by what the plan will write
     */
    static List<ConfigMap> unused(Cluster cluster, RolloutPlan plan, Optional<RolloutStatus> written) {
        Set<String> used = new HashSet<>();
        used.add(plan.revision());
        used.add(plan.status().lastGoodRevision());
        written.map(RolloutStatus::lastGoodRevision).ifPresent(used::add);
        cluster.daemonSetRevision().ifPresent(used::add);
        cluster.pods().stream().map(AgentPod::revision).forEach(used::add);
        cluster.fleet().nodes().stream()
                .flatMap(node -> node.trial().stream())
                .map(Trial::from)
                .forEach(used::add);
        return cluster.settings().stream()
                .filter(map -> map.getMetadata().getDeletionTimestamp() == null)
                .filter(map -> !used.contains(map.getMetadata().getLabels().get(Labels.REVISION)))
                .toList();
    }
}
