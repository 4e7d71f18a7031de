package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whose a KubeletConfig is. */
public final class PoolOwnership {
    private PoolOwnership() {}

    /**
     * Whether a KubeletConfig is a deployment's own: by its owner reference, or by its labels when it has none, as after an
     * orphaning deletion.
     */
    public static boolean isOwn(KubeletConfig config, DevicePluginDeployment deployment) {
        if (owners(config).isEmpty()) {
            return owningDeployment(config)
                    .filter(name -> name.equals(deployment.getMetadata().getName()))
                    .isPresent();
        }
        return owners(config).stream()
                .anyMatch(owner -> owner.getUid() != null
                        && owner.getUid().equals(deployment.getMetadata().getUid()));
    }

    /** Whether it belongs to a deployment of the same name that has gone, so that the garbage collector takes it. */
    static boolean isOfPredecessor(KubeletConfig config, DevicePluginDeployment deployment) {
        return !isOwn(config, deployment)
                && owners(config).stream()
                        .allMatch(owner -> HasMetadata.getKind(DevicePluginDeployment.class)
                                        .equals(owner.getKind())
                                && deployment.getMetadata().getName().equals(owner.getName()))
                && !owners(config).isEmpty();
    }

    /** Name of the deployment that a KubeletConfig was made for; nothing when the operator has not made it. */
    static Optional<String> owningDeployment(KubeletConfig config) {
        Map<String, String> labels = config.getMetadata().getLabels();
        return labels != null && Labels.OPERATOR.equals(labels.get(Labels.MANAGED_BY))
                ? Optional.ofNullable(labels.get(Labels.DEPLOYMENT))
                : Optional.empty();
    }

    private static List<OwnerReference> owners(KubeletConfig config) {
        List<OwnerReference> owners = config.getMetadata().getOwnerReferences();
        return owners == null ? List.of() : owners;
    }
}
