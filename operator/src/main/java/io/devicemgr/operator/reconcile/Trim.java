package io.devicemgr.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.function.UnaryOperator;

/** An informer's store that keeps only what the operator uses of an object: a large cluster has many nodes and pods. */
final class Trim<T extends HasMetadata> extends BasicItemStore<T> {
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
                .withMetadata(metadata(node))
                .withNewSpec()
                .withTaints(node.getSpec() == null ? null : node.getSpec().getTaints())
                .endSpec()
                .withNewStatus()
                .withAllocatable(
                        node.getStatus() == null ? null : node.getStatus().getAllocatable())
                .withConditions(
                        node.getStatus() == null ? null : node.getStatus().getConditions())
                .endStatus()
                .build();
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
