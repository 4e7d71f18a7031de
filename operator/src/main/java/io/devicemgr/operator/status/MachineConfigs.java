package io.devicemgr.operator.status;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.List;
import java.util.Optional;

/**
 * What the cluster's machine config operator has.
 *
 * @param availability whether there is one for this cluster's nodes
 * @param pools all pools
 * @param kubeletConfigs all KubeletConfigs, whoever made them
 * @param nodes all nodes
 */
public record MachineConfigs(
        Availability availability,
        List<MachineConfigPool> pools,
        List<KubeletConfig> kubeletConfigs,
        List<Node> nodes) {

    /** Whether somebody acts on a KubeletConfig (docs/openshift.md 2). */
    public enum Availability {
        /** The API is served. */
        Served,
        /** Plain Kubernetes and MicroShift do not serve the API. */
        NotServed,
        /** A hosted control plane: where the API is served, nobody acts on it. */
        ExternalControlPlane
    }

    /** A cluster whose machine config operator has these objects. */
    public static MachineConfigs served(
            List<MachineConfigPool> pools, List<KubeletConfig> kubeletConfigs, List<Node> nodes) {
        return new MachineConfigs(Availability.Served, pools, kubeletConfigs, nodes);
    }

    /** A cluster without a machine config operator. */
    public static MachineConfigs none(Availability why) {
        return new MachineConfigs(why, List.of(), List.of(), List.of());
    }

    /** Whether there are pools at all; without any, nobody acts on a KubeletConfig. */
    public boolean usable() {
        return availability == Availability.Served && !pools.isEmpty();
    }

    /** The KubeletConfig with that name. */
    public Optional<KubeletConfig> kubeletConfig(String name) {
        return kubeletConfigs.stream()
                .filter(config -> config.getMetadata().getName().equals(name))
                .findFirst();
    }
}
