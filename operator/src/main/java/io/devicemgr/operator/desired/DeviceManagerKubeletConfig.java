package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import java.util.List;
import java.util.Map;

/**
 * The KubeletConfig in the documented shape. Labels and an owner reference only: finalizers and annotations of ours would be
 * wiped, and a key that equals featureGates ignoring case would be rejected and freeze the pool (docs/openshift.md 1.5, 0.2).
 */
public final class DeviceManagerKubeletConfig {
    private DeviceManagerKubeletConfig() {}

    /** The KubeletConfig that a deployment asks for; {@code spec.kubeletConfig} must be given. */
    public static KubeletConfig of(DevicePluginDeployment deployment) {
        String name = ObjectNames.kubeletConfig(deployment.getMetadata().getName());
        return new KubeletConfigBuilder()
                .withMetadata(Owner.metadata(deployment, null, name, Labels.of(deployment)))
                .withNewSpec()
                .withMachineConfigPoolSelector(
                        deployment.getSpec().kubeletConfig().machineConfigPoolSelector())
                .withKubeletConfig(Map.of("feature-gates", List.of("DevicePlugins=true")))
                .endSpec()
                .build();
    }
}
