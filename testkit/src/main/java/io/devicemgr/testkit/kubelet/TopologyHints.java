package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The Device Manager's half of NUMA alignment: which masks could hold a container's devices. */
final class TopologyHints {
    /** A possible placement; without a mask any node will do. */
    record Hint(Optional<NumaMask> mask, boolean preferred) {
        static final Hint ANY = new Hint(Optional.empty(), true);
        static final Hint IMPOSSIBLE = new Hint(Optional.empty(), false);
    }

    private final DeviceManager manager;
    private final List<Integer> numaNodes;

    TopologyHints(DeviceManager manager, List<Integer> numaNodes) {
        this.manager = manager;
        this.numaNodes = numaNodes;
    }

    /** One list of hints for each of the container's device resources. */
    List<List<Hint>> of(PodSpecification pod, ContainerSpecification container, Map<String, Set<String>> reusable) {
        manager.collectStranded();
        List<List<Hint>> hints = new ArrayList<>();
        manager.locked(() -> container.limits().forEach((resource, count) -> {
            if (count > 0
                    && manager.table().managed(resource)
                    && !container.draResources().contains(resource)) {
                Set<String> taken = reusable.getOrDefault(resource, Set.of());
                hints.add(hints(pod.uid(), container.name(), resource, count, taken));
            }
        }));
        return hints;
    }

    private List<Hint> hints(String pod, String container, String resource, int count, Set<String> reusable) {
        if (!numaAware(resource)) {
            return List.of(Hint.ANY);
        }
        Optional<Set<String>> held = manager.podDevices().ids(pod, container, resource);
        List<Hint> hints = List.of();
        if (held.isPresent() && !held.get().isEmpty()) {
            hints = held.get().size() == count ? fitting(resource, held.get(), Set.of(), count) : List.of();
        } else {
            Set<String> free = manager.table().freeIds(resource);
            hints = fitting(resource, free, reusable, count);
        }
        return hints.isEmpty() ? List.of(Hint.IMPOSSIBLE) : hints;
    }

    /** One device with topology makes the whole resource NUMA-aware (rule 56). */
    boolean numaAware(String resource) {
        return manager.table().devices(resource).stream().anyMatch(TopologyHints::hasNode);
    }

    static boolean hasNode(Device device) {
        return device.getTopology().getNodesCount() > 0;
    }

    private List<Hint> fitting(String resource, Collection<String> free, Collection<String> reusable, int count) {
        int smallest = numaNodes.size();
        List<NumaMask> masks = new ArrayList<>();
        for (NumaMask mask : NumaMask.subsets(numaNodes)) {
            long all = manager.table().devices(resource).stream()
                    .filter(mask::touches)
                    .count();
            if (all >= count) {
                smallest = Math.min(smallest, mask.count());
            }
            List<Device> taken =
                    known(resource, reusable).filter(Device::hasTopology).toList();
            long matching = known(resource, free).filter(mask::touches).count() + taken.size();
            if (taken.stream().allMatch(mask::touches) && matching >= count) {
                masks.add(mask);
            }
        }
        int preferredSize = smallest;
        return masks.stream()
                .map(mask -> new Hint(Optional.of(mask), mask.count() == preferredSize))
                .toList();
    }

    private Stream<Device> known(String resource, Collection<String> ids) {
        return ids.stream().flatMap(id -> manager.table().device(resource, id).stream());
    }
}
