package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Replicas;
import io.devicemgr.agent.device.Holder;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One reading of the kubelet's PodResources API.
 *
 * @param startedNanos when it was begun, from {@link System#nanoTime()}
 * @param error why it failed, or null
 * @param allocatable healthy ids that the kubelet knows, by resource, allocated or not (contract rule 99)
 * @param holders who holds an id, by resource and id
 * @param nodes NUMA node of the ids that are held and that the kubelet has recorded with one, by resource and id
 * @param holdersOfDevices who holds a device under any of its ids, by resource and device
 */
public record Reading(
        long startedNanos,
        String error,
        Map<String, Set<String>> allocatable,
        Map<String, Map<String, List<Holder>>> holders,
        Map<String, Map<String, Long>> nodes,
        Map<String, Map<String, List<Holder>>> holdersOfDevices) {

    Reading(
            long startedNanos,
            String error,
            Map<String, Set<String>> allocatable,
            Map<String, Map<String, List<Holder>>> holders,
            Map<String, Map<String, Long>> nodes) {
        this(startedNanos, error, allocatable, holders, nodes, byDevice(holders));
    }

    /** Nothing is known of NUMA nodes. */
    public Reading(
            long startedNanos,
            String error,
            Map<String, Set<String>> allocatable,
            Map<String, Map<String, List<Holder>>> holders) {
        this(startedNanos, error, allocatable, holders, Map.of());
    }

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

    /** What containers hold. */
    Held held(String resource) {
        return new Held(holders.getOrDefault(resource, Map.of()).keySet(), nodes.getOrDefault(resource, Map.of()));
    }

    /** Resources of which containers hold devices, whoever offers them. */
    public Set<String> heldResources() {
        return holders.keySet();
    }

    /** Containers that hold a device, under whichever of its ids: a shared one has several. */
    public List<Holder> holdersOf(String resource, String device) {
        return holdersOfDevices.getOrDefault(resource, Map.of()).getOrDefault(device, List.of());
    }

    private static Map<String, Map<String, List<Holder>>> byDevice(Map<String, Map<String, List<Holder>>> byId) {
        Map<String, Map<String, Set<Holder>>> collected = new HashMap<>();
        byId.forEach((resource, ids) -> new TreeMap<>(ids)
                .forEach((id, holders) -> collected
                        .computeIfAbsent(resource, name -> new HashMap<>())
                        .computeIfAbsent(Replicas.device(id), device -> new LinkedHashSet<>())
                        .addAll(holders)));
        Map<String, Map<String, List<Holder>>> byDevice = new HashMap<>();
        collected.forEach((resource, devices) -> byDevice.put(
                resource,
                devices.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.copyOf(entry.getValue())))));
        return byDevice;
    }
}
