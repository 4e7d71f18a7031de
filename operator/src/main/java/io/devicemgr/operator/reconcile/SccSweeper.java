package io.devicemgr.operator.reconcile;

import io.devicemgr.operator.desired.AgentSccRoleBinding;
import io.devicemgr.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;

/** Finds the right to use an SCC that no pod will ask for any more: its security profile has changed. */
final class SccSweeper {
    private SccSweeper() {}

    /**
     * Finds it; pods that run keep what they were let in with.
     *
     * @param bindings those of the deployment
     */
    static List<RoleBinding> unused(Cluster cluster, List<RoleBinding> bindings) {
        return cluster.daemonSet().stream()
                .map(set -> AgentSccRoleBinding.nameFor(
                        set.getMetadata().getLabels().get(Labels.DEPLOYMENT),
                        set.getSpec().getTemplate()))
                .flatMap(needed -> bindings.stream()
                        .filter(binding -> binding.getMetadata().getDeletionTimestamp() == null)
                        .filter(binding -> !binding.getMetadata().getName().equals(needed)))
                .toList();
    }
}
