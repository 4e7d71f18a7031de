package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which container of which pod holds which devices, with the plugin's answer; guarded by the manager's lock. */
final class PodDevices {
    /** NUMA key of devices without topology, in memory and in the checkpoint. */
    static final long NO_NODE = -1;

    /** One container's share of one resource. */
    record Share(
            String pod,
            String container,
            String resource,
            Map<Long, List<String>> idsByNode,
            ContainerAllocateResponse response) {

        Set<String> ids() {
            Set<String> ids = new LinkedHashSet<>();
            idsByNode.values().forEach(ids::addAll);
            return ids;
        }
    }

    private final List<Share> shares = new ArrayList<>();

    void insert(Share share) {
        shares.removeIf(s -> sameKey(s, share.pod(), share.container(), share.resource()));
        shares.add(share);
    }

    List<Share> all() {
        return List.copyOf(shares);
    }

    /** Empty when nothing was ever recorded for this container and resource. */
    Optional<Set<String>> ids(String pod, String container, String resource) {
        return shares.stream()
                .filter(s -> sameKey(s, pod, container, resource))
                .findFirst()
                .map(Share::ids);
    }

    List<Share> of(String pod, String container) {
        return shares.stream()
                .filter(s -> s.pod().equals(pod) && s.container().equals(container))
                .toList();
    }

    /** Forgets every pod that is not active; true when there was one. */
    boolean retain(Collection<String> activePods) {
        return shares.removeIf(s -> !activePods.contains(s.pod()));
    }

    /** All recorded ids by resource. */
    Map<String, Set<String>> devices() {
        Map<String, Set<String>> devices = new TreeMap<>();
        shares.forEach(s -> devices.computeIfAbsent(s.resource(), r -> new LinkedHashSet<>())
                .addAll(s.ids()));
        return devices;
    }

    /** By id alone, whatever the resource, as the kubelet does for health (rule 45). */
    Optional<String> podHolding(String id) {
        return shares.stream().filter(s -> s.ids().contains(id)).map(Share::pod).findFirst();
    }

    /** Ids by resource that one container holds. */
    Map<String, Set<String>> containerDevices(String pod, String container) {
        Map<String, Set<String>> devices = new HashMap<>();
        of(pod, container).forEach(s -> devices.put(s.resource(), s.ids()));
        return devices;
    }

    private static boolean sameKey(Share share, String pod, String container, String resource) {
        return share.pod().equals(pod)
                && share.container().equals(container)
                && share.resource().equals(resource);
    }
}
