package io.devicemgr.operator.reconcile;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** An informer's store that keeps only what the operator uses of an object: a large cluster has many nodes and pods. */
final class Trim<T extends HasMetadata> extends BasicItemStore<T> {
    private static final List<String> MACHINE_CONFIG = List.of(
            "machineconfiguration.openshift.io/currentConfig",
            "machineconfiguration.openshift.io/desiredConfig",
            "machineconfiguration.openshift.io/state",
            "machineconfiguration.openshift.io/reason");
    private static final int EVENT_MESSAGE = 1000;

    private final UnaryOperator<T> trim;

    Trim(UnaryOperator<T> trim) {
        super(Cache::metaNamespaceKeyFunc);
        this.trim = trim;
    }

    @Override
    public T put(String key, T object) {
        return super.put(key, trim.apply(object));
    }

    static Node node(Node node) {
        return new NodeBuilder()
                .withNewMetadataLike(metadata(node))
                .withAnnotations(machineConfig(node))
                .endMetadata()
                .withNewSpec()
                .withTaints(node.getSpec() == null ? null : node.getSpec().getTaints())
                .withUnschedulable(
                        node.getSpec() == null ? null : node.getSpec().getUnschedulable())
                .endSpec()
                .withNewStatus()
                .withAllocatable(
                        node.getStatus() == null ? null : node.getStatus().getAllocatable())
                .withConditions(
                        node.getStatus() == null ? null : node.getStatus().getConditions())
                .endStatus()
                .build();
    }

    /** What the machine config operator says about a node; other annotations are many and long. */
    static Map<String, String> machineConfig(Node node) {
        Map<String, String> kept = new TreeMap<>();
        MACHINE_CONFIG.forEach(key -> {
            String value = node.getMetadata().getAnnotations() == null
                    ? null
                    : node.getMetadata().getAnnotations().get(key);
            if (value != null) {
                kept.put(key, value);
            }
        });
        return kept;
    }

    static Pod pod(Pod pod) {
        return new PodBuilder()
                .withMetadata(metadata(pod))
                .withNewSpec()
                .withNodeName(pod.getSpec().getNodeName())
                .withAffinity(pod.getSpec().getAffinity())
                .endSpec()
                .withStatus(pod.getStatus())
                .build();
    }

    /** Some messages are long, and many nodes may say the same. */
    static Event event(Event event) {
        String message = event.getMessage() == null ? "" : event.getMessage();
        return new EventBuilder()
                .withMetadata(metadata(event))
                .withInvolvedObject(event.getInvolvedObject())
                .withReason(event.getReason())
                .withMessage(message.substring(0, Math.min(message.length(), EVENT_MESSAGE)))
                .withLastTimestamp(event.getLastTimestamp())
                .withEventTime(event.getEventTime())
                .build();
    }

    static <T extends HasMetadata> T withoutManagedFields(T object) {
        object.getMetadata().setManagedFields(null);
        return object;
    }

    private static ObjectMeta metadata(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        return new ObjectMetaBuilder()
                .withName(metadata.getName())
                .withNamespace(metadata.getNamespace())
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .withLabels(metadata.getLabels())
                .withCreationTimestamp(metadata.getCreationTimestamp())
                .withDeletionTimestamp(metadata.getDeletionTimestamp())
                .build();
    }
}
