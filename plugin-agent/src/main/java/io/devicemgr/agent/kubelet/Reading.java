package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.device.Holder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One reading of the kubelet's PodResources API.
 *
 * @param startedNanos when it was begun, from {@link System#nanoTime()}
 * @param error why it failed, or null
 * @param allocatable healthy ids that the kubelet knows, by resource, allocated or not (contract rule 99)
 * @param holders who holds a device, by resource and id
 */
public record Reading(
        long startedNanos,
        String error,
        Map<String, Set<String>> allocatable,
        Map<String, Map<String, List<Holder>>> holders) {

    static Reading failed(long startedNanos, String error) {
        return new Reading(startedNanos, error, Map.of(), Map.of());
    }

    public boolean available() {
        return error == null;
    }

    /** Whether the kubelet knows all these ids. */
    boolean lists(String resource, Set<String> ids) {
        return allocatable.getOrDefault(resource, Set.of()).containsAll(ids);
    }

    /** The ids that containers hold. */
    Set<String> heldIds(String resource) {
        return holders.getOrDefault(resource, Map.of()).keySet();
    }

    /** Containers that hold a device. */
    public List<Holder> holdersOf(String resource, String id) {
        return holders.getOrDefault(resource, Map.of()).getOrDefault(id, List.of());
    }
}
