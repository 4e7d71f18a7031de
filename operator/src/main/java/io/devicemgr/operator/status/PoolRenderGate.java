package io.devicemgr.operator.status;

import io.devicemgr.operator.validate.PoolSelector;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.List;

/** What keeps the machine config operator from rendering a pool without it saying so (docs/openshift.md 1.6). */
final class PoolRenderGate {
    private PoolRenderGate() {}

    /** The KubeletConfigs that a pool waits for, other than one. */
    static List<String> shutBy(MachineConfigPool pool, MachineConfigs found, String except) {
        return found.kubeletConfigs().stream()
                .filter(config -> config.getSpec() != null
                        && PoolSelector.gates(config.getSpec().getMachineConfigPoolSelector(), pool))
                .filter(config -> KubeletConfigVerdict.of(config) != KubeletConfigVerdict.Accepted)
                .map(config -> config.getMetadata().getName())
                .filter(name -> !name.equals(except))
                .sorted()
                .toList();
    }
}
