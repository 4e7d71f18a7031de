package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Objects;

/**
 * Which updates of an object can matter to a deployment: nodes and pods change much more often than they matter. What matters
 * is what {@link Trim} keeps.
 */
final class Changes {
    private Changes() {}

    static boolean matter(Node now, Node before) {
        Node kept = Trim.node(now);
        Node known = Trim.node(before);
        return matter(kept.getMetadata(), known.getMetadata())
                || !kept.getSpec().equals(known.getSpec())
                || !kept.getStatus().equals(known.getStatus());
    }

    static boolean matter(Pod now, Pod before) {
        Pod kept = Trim.pod(now);
        Pod known = Trim.pod(before);
        return matter(kept.getMetadata(), known.getMetadata())
                || !kept.getSpec().equals(known.getSpec())
                || !Objects.equals(kept.getStatus(), known.getStatus());
    }

    static boolean matter(NodeDeviceReport now, NodeDeviceReport before) {
        NodeDeviceReport kept = Trim.report(now);
        NodeDeviceReport known = Trim.report(before);
        return matter(kept.getMetadata(), known.getMetadata())
                || !Objects.equals(kept.getSpec(), known.getSpec())
                || !Objects.equals(kept.getStatus(), known.getStatus());
    }

    private static boolean matter(ObjectMeta now, ObjectMeta before) {
        return !Objects.equals(now.getLabels(), before.getLabels())
                || !Objects.equals(now.getAnnotations(), before.getAnnotations())
                || !Objects.equals(now.getUid(), before.getUid())
                || !Objects.equals(now.getDeletionTimestamp(), before.getDeletionTimestamp());
    }

    static boolean matter(DevicePluginDeployment now, DevicePluginDeployment before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || !Objects.equals(
                        now.getMetadata().getDeletionTimestamp(),
                        before.getMetadata().getDeletionTimestamp())
                || now.getMetadata().getDeletionTimestamp() != null
                        && !Objects.equals(
                                now.getMetadata().getFinalizers(),
                                before.getMetadata().getFinalizers());
    }

    /** A kubelet counts its attempts; what it says of them is what matters. */
    static boolean saysAnother(Event now, Event before) {
        return !Objects.equals(now.getMessage(), before.getMessage());
    }

    /** Any change but a new look at an unchanged object. */
    static boolean matter(HasMetadata now, HasMetadata before) {
        return !Objects.equals(
                now.getMetadata().getResourceVersion(), before.getMetadata().getResourceVersion());
    }
}
