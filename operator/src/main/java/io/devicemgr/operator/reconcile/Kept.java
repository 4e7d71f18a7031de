package io.devicemgr.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An informer's store: objects as {@link Trim} leaves them, by deployment. The index of the Kubernetes client will not do: while
 * it takes over an update, the object is missing from it for a moment, and a loop would see a node without its agent.
 */
class Kept<T extends HasMetadata> extends BasicItemStore<T> {
    private final UnaryOperator<T> trim;
    private final Function<T, String> deployment;
    private final Map<String, Map<String, T>> byDeployment = new ConcurrentHashMap<>();

    /**
     * A store without objects.
     *
     * @param deployment name of the deployment that an object belongs to; empty when it belongs to none
     */
    Kept(UnaryOperator<T> trim, Function<T, String> deployment) {
        super(Cache::metaNamespaceKeyFunc);
        this.trim = trim;
        this.deployment = deployment;
    }

    @Override
    public T put(String key, T object) {
        T kept = trim.apply(object);
        // One thread at a time writes to a store: the client locks.
        byDeployment
                .computeIfAbsent(deployment.apply(kept), name -> new ConcurrentHashMap<>())
                .put(key, kept);
        T before = super.put(key, kept);
        if (before != null && !deployment.apply(before).equals(deployment.apply(kept))) {
            forget(key, before);
        }
        return before;
    }

    @Override
    public T remove(String key) {
        T before = super.remove(key);
        if (before != null) {
            forget(key, before);
        }
        return before;
    }

    private void forget(String key, T before) {
        byDeployment.computeIfPresent(deployment.apply(before), (name, objects) -> {
            objects.remove(key);
            return objects.isEmpty() ? null : objects;
        });
    }

    /** The objects of a deployment. */
    List<T> of(String name) {
        return List.copyOf(byDeployment.getOrDefault(name, Map.of()).values());
    }
}
