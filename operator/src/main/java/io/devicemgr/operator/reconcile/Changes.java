package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Which updates of an object can matter to a deployment; nodes above all change much more often than they matter. */
final class Changes {
    private Changes() {}

    static boolean matter(Node now, Node before) {
        return !Objects.equals(
                        now.getMetadata().getLabels(), before.getMetadata().getLabels())
                || !Objects.equals(now.getSpec().getTaints(), before.getSpec().getTaints())
                || ready(now) != ready(before)
                || !Trim.machineConfig(now).equals(Trim.machineConfig(before))
                || !extendedResources(now).equals(extendedResources(before));
    }

    static boolean matter(DevicePluginDeployment now, DevicePluginDeployment before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || !Objects.equals(
                        now.getMetadata().getDeletionTimestamp(),
                        before.getMetadata().getDeletionTimestamp());
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

    private static boolean ready(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private static Map<String, Quantity> extendedResources(Node node) {
        Map<String, Quantity> extended = new TreeMap<>();
        if (node.getStatus() != null && node.getStatus().getAllocatable() != null) {
            node.getStatus().getAllocatable().forEach((name, quantity) -> {
                if (name.indexOf('/') > 0) {
                    extended.put(name, quantity);
                }
            });
        }
        return extended;
    }
}
