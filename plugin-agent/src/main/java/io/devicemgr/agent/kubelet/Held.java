package io.devicemgr.agent.kubelet;

import java.util.Map;
import java.util.Set;

/**
 * What containers hold of one resource, as PodResources says.
 *
 * @param ids the ids, whether they are offered now or not
 * @param nodes NUMA node of those that the kubelet has recorded with one
 */
record Held(Set<String> ids, Map<String, Long> nodes) {
    static final Held NOTHING = new Held(Set.of());

    Held {
        ids = Set.copyOf(ids);
        nodes = Map.copyOf(nodes);
    }

    /** Ids of which no node is known. */
    Held(Set<String> ids) {
        this(ids, Map.of());
    }
}
