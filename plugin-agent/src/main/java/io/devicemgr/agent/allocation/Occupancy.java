package io.devicemgr.agent.allocation;

import io.devicemgr.agent.device.Holder;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who holds which id of a resource, freshly read. The kubelet does not say which container it starts, only its ids: whoever
 * holds another id of the same device is another container, and so is one of two that hold the same id.
 *
 * @param holders by id
 */
public record Occupancy(Map<String, List<Holder>> holders) {

    /**
     * Containers that a preparation of the device would disturb, in words.
     *
     * @param device a device
     * @param ids all ids of the resource that the starting container has
     * @return nothing when there is none
     */
    Optional<String> othersThan(Collection<String> ids, String device) {
        Set<String> others = new TreeSet<>();
        Set<String> own = new TreeSet<>();
        holders.forEach((id, containers) -> {
            if (Replicas.device(id).equals(device)) {
                containers.forEach(holder -> (ids.contains(id) ? own : others).add(text(holder)));
            }
        });
        others.removeAll(own.size() == 1 ? own : Set.of());
        if (own.size() > 1) {
            others.addAll(own);
        }
        return others.isEmpty() ? Optional.empty() : Optional.of(others.stream().collect(Collectors.joining(", ")));
    }

    private static String text(Holder holder) {
        return "container " + holder.container() + " of pod " + holder.namespace() + "/" + holder.pod();
    }
}
