package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The maps of the Device Manager by resource name: last lists, healthy and unhealthy ids, endpoints, in-use marks.
 * Guarded by the manager's lock.
 */
final class DeviceTable {
    /** Health that counts; everything else is unhealthy (rule 42). */
    static final String HEALTHY = "Healthy";

    private final Map<String, Map<String, Device>> known = new HashMap<>();
    private final Map<String, Set<String>> healthy = new HashMap<>();
    private final Map<String, Set<String>> unhealthy = new HashMap<>();
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final Map<String, Set<String>> inUse = new HashMap<>();

    /** Replaces the last list, and with it the sets of healthy and unhealthy ids. */
    void replaceList(String resource, List<Device> devices) {
        Map<String, Device> byId = new LinkedHashMap<>();
        Set<String> good = new LinkedHashSet<>();
        Set<String> bad = new LinkedHashSet<>();
        for (Device device : devices) {
            byId.put(device.getID(), device);
            (device.getHealth().equals(HEALTHY) ? good : bad).add(device.getID());
        }
        known.put(resource, byId);
        healthy.put(resource, good);
        unhealthy.put(resource, bad);
    }

    /** A resource known from the checkpoint only: no devices until its plugin registers again (rule 88). */
    void restore(String resource, Instant now) {
        healthy.put(resource, new LinkedHashSet<>());
        unhealthy.put(resource, new LinkedHashSet<>());
        endpoints.put(resource, Endpoint.fromCheckpoint(now));
    }

    void connect(String resource, Endpoint endpoint) {
        endpoints.put(resource, endpoint);
    }

    /** All healthy ids become unhealthy and the endpoint gets a stop time (rule 79). */
    void disconnect(String resource, Instant now) {
        Endpoint endpoint = endpoints.get(resource);
        if (endpoint == null) {
            return;
        }
        unhealthy.computeIfAbsent(resource, r -> new LinkedHashSet<>()).addAll(healthyIds(resource));
        healthy.computeIfPresent(resource, (r, ids) -> new LinkedHashSet<>());
        endpoint.stop(now);
    }

    /** Capacity and allocatable of the living resources; those past their grace are forgotten (rule 80). */
    Tick tick(Instant now) {
        Map<String, DeviceCount> counts = new TreeMap<>();
        List<String> removed = new ArrayList<>();
        for (String resource : listedResources()) {
            Endpoint endpoint = endpoints.get(resource);
            if (endpoint == null || endpoint.expired(now)) {
                endpoints.remove(resource);
                healthy.remove(resource);
                unhealthy.remove(resource);
                removed.add(resource);
            } else {
                int good = healthyIds(resource).size();
                int bad = unhealthy.getOrDefault(resource, Set.of()).size();
                counts.put(resource, new DeviceCount(good + bad, good));
            }
        }
        return new Tick(counts, removed);
    }

    /** The outcome of {@link #tick}: what lives, and what has just been removed. */
    record Tick(Map<String, DeviceCount> counts, List<String> removed) {}

    private Set<String> listedResources() {
        Set<String> resources = new HashSet<>(healthy.keySet());
        resources.addAll(unhealthy.keySet());
        return resources;
    }

    /** True once a list came (or the checkpoint knew it), or while devices are marked in use (rule 39). */
    boolean managed(String resource) {
        return healthy.containsKey(resource) || inUse.containsKey(resource);
    }

    boolean registered(String resource) {
        return healthy.containsKey(resource);
    }

    Optional<Endpoint> endpoint(String resource) {
        return Optional.ofNullable(endpoints.get(resource));
    }

    Set<String> healthyIds(String resource) {
        return healthy.getOrDefault(resource, Set.of());
    }

    Map<String, List<String>> healthyByResource() {
        Map<String, List<String>> copy = new TreeMap<>();
        healthy.forEach((resource, ids) -> copy.put(resource, List.copyOf(ids)));
        return copy;
    }

    /** Healthy and not in use. */
    Set<String> freeIds(String resource) {
        Set<String> free = new LinkedHashSet<>(healthyIds(resource));
        free.removeAll(inUse.getOrDefault(resource, Set.of()));
        return free;
    }

    int inUseCount(String resource) {
        return inUse.getOrDefault(resource, Set.of()).size();
    }

    void markInUse(String resource, String id) {
        inUse.computeIfAbsent(resource, r -> new LinkedHashSet<>()).add(id);
    }

    /** Rolls the in-use marks back to what pods really hold. */
    void resetInUse(Map<String, Set<String>> held) {
        inUse.clear();
        held.forEach((resource, ids) -> inUse.put(resource, new LinkedHashSet<>(ids)));
    }

    Optional<Device> device(String resource, String id) {
        return Optional.ofNullable(known.getOrDefault(resource, Map.of()).get(id));
    }

    Collection<Device> devices(String resource) {
        return known.getOrDefault(resource, Map.of()).values();
    }

    /** Names of other resources whose last list contains this id. */
    List<String> otherResourcesWith(String resource, String id) {
        return endpoints.keySet().stream()
                .filter(other -> !other.equals(resource))
                .filter(other -> known.getOrDefault(other, Map.of()).containsKey(id))
                .toList();
    }
}
