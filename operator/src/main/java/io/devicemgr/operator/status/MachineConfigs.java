package io.devicemgr.operator.status;

import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.List;
import java.util.Optional;

/**
 * What the cluster's machine config operator has.
 *
 * @param served whether there is one for this cluster's nodes; plain Kubernetes, MicroShift and hosted control planes have none
 * @param pools all pools
 * @param kubeletConfigs all KubeletConfigs, whoever made them
 */
public record MachineConfigs(boolean served, List<MachineConfigPool> pools, List<KubeletConfig> kubeletConfigs) {

    /** A cluster without a machine config operator. */
    public static MachineConfigs none() {
        return new MachineConfigs(false, List.of(), List.of());
    }

    /** The KubeletConfig with that name. */
    public Optional<KubeletConfig> kubeletConfig(String name) {
        return kubeletConfigs.stream()
                .filter(config -> config.getMetadata().getName().equals(name))
                .findFirst();
    }
}
