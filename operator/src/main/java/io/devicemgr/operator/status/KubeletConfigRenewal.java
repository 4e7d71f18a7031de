package io.devicemgr.operator.status;

import io.devicemgr.operator.validate.PoolMachineConfig;
import io.devicemgr.operator.validate.PoolSelector;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a KubeletConfig must be made anew for its pools. The machine config operator looks at the pools only when the
 * object is made or its spec changes, so it never notices a pool that is labelled later; and it leaves its MachineConfig in a
 * pool that is no longer selected (docs/openshift.md 1.6). The object changes no kubelet, so its absence does not either.
 */
public final class KubeletConfigRenewal {
    private KubeletConfigRenewal() {}

    /** Only of an object that was judged in its current form, so that the machine config operator is done with it. */
    public static boolean due(KubeletConfig config, LabelSelector asked, MachineConfigs found) {
        return config.getMetadata().getDeletionTimestamp() == null
                && KubeletConfigVerdict.tellsGeneration(config)
                && KubeletConfigVerdict.of(config) == KubeletConfigVerdict.Accepted
                && config.getSpec() != null
                && Objects.equals(asked, config.getSpec().getMachineConfigPoolSelector())
                && KubeletConfigFields.foreign(config).isEmpty()
                && !pools(config, found).equals(selected(asked, found));
    }

    /** The pools that have a MachineConfig of it. */
    private static Set<String> pools(KubeletConfig config, MachineConfigs found) {
        Set<String> existing =
                found.pools().stream().map(pool -> pool.getMetadata().getName()).collect(Collectors.toSet());
        return PoolMachineConfig.of(config).stream()
                .map(PoolMachineConfig::pool)
                .filter(existing::contains)
                .collect(Collectors.toSet());
    }

    /** The names of the pools that a selector matches. */
    public static Set<String> selected(LabelSelector selector, MachineConfigs found) {
        return PoolSelector.selected(selector, found.pools()).stream()
                .map((MachineConfigPool pool) -> pool.getMetadata().getName())
                .collect(Collectors.toSet());
    }
}
