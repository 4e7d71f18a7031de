package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;

/** The metadata that all objects of a deployment share: owned by it, so that they go when it goes. */
final class Owner {
    private Owner() {}

    static OwnerReference reference(DevicePluginDeployment deployment) {
        return new OwnerReferenceBuilder()
                .withApiVersion(deployment.getApiVersion())
                .withKind(deployment.getKind())
                .withName(deployment.getMetadata().getName())
                .withUid(deployment.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** Metadata of an owned object; cluster-scoped when there is no namespace. */
    static ObjectMeta metadata(
            DevicePluginDeployment deployment, String namespace, String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .withOwnerReferences(reference(deployment))
                .build();
    }
}
