package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Chooses the ids for one container and resource (devicesToAllocate of section 2.8). Runs under the manager's lock. */
final class DeviceChoice {
    private final DeviceManager manager;
    private final RandomOrder order;
    private final ViolationLog violations;
    private final String resource;
    private final int count;
    private final Set<String> chosen = new LinkedHashSet<>();

    DeviceChoice(DeviceManager manager, RandomOrder order, ViolationLog violations, String resource, int count) {
        this.manager = manager;
        this.order = order;
        this.violations = violations;
        this.resource = resource;
        this.count = count;
    }

    /** Ids marked so far; they stay marked in use when {@link #choose} fails (rule 72e). */
    Set<String> chosen() {
        return chosen;
    }

    /** Marks as many ids as are wanted; the affinity is that of the topology manager, empty when there is none. */
    void choose(Set<String> reusable, Optional<NumaMask> affinity) throws DeviceManagerException {
        if (take(reusable)) {
            return;
        }
        Set<String> free = manager.table().freeIds(resource);
        if (free.size() < missing()) {
            throw new DeviceManagerException("requested number of devices unavailable for " + resource + ". Requested: "
                    + missing() + ", Available: " + free.size());
        }
        Split split = split(free, affinity);
        if (missing() < split.aligned().size()) {
            takePreferred(split.aligned());
            take(split.aligned());
        } else if (!take(split.aligned())) {
            takePreferred(free);
            take(split.unaligned());
            take(split.rest());
        }
    }

    private record Split(Set<String> aligned, Set<String> unaligned, Set<String> rest) {}

    /** Without affinity, or when no device of the resource has topology, all are in the rest. */
    private Split split(Set<String> free, Optional<NumaMask> affinity) {
        Split split = new Split(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        boolean aware = manager.table().devices(resource).stream().anyMatch(TopologyHints::hasNode);
        for (String id : free) {
            Optional<Device> device = manager.table().device(resource, id);
            if (!aware
                    || affinity.isEmpty()
                    || device.filter(TopologyHints::hasNode).isEmpty()) {
                split.rest().add(id);
            } else if (affinity.get().touches(device.get())) {
                split.aligned().add(id);
            } else {
                split.unaligned().add(id);
            }
        }
        return split;
    }

    private int missing() {
        return count - chosen.size();
    }

    /** True when nothing is missing any more. */
    private boolean take(Collection<String> ids) {
        for (String id : order.shuffled(ids)) {
            if (missing() == 0) {
                break;
            }
            if (chosen.add(id)) {
                manager.take(resource, id);
            }
        }
        return missing() == 0;
    }

    private void takePreferred(Set<String> candidates) throws DeviceManagerException {
        Set<String> available = new LinkedHashSet<>(candidates);
        available.addAll(chosen);
        List<String> preferred = new ArrayList<>(preferred(available));
        preferred.retainAll(candidates);
        take(preferred);
    }

    /** Asks the plugin, with the lock released, only if its options said so at registration (rule 72a). */
    private Collection<String> preferred(Set<String> available) throws DeviceManagerException {
        Optional<Endpoint> endpoint = manager.table().endpoint(resource);
        if (endpoint.flatMap(Endpoint::options)
                .filter(o -> o.getGetPreferredAllocationAvailable())
                .isEmpty()) {
            return List.of();
        }
        List<String> mustInclude = order.shuffled(chosen);
        manager.lock().unlock();
        try {
            PreferredAllocationResponse response =
                    endpoint.get().running().prefer(order.shuffled(available), mustInclude, count);
            return checked(response, available, mustInclude);
        } catch (StatusRuntimeException e) {
            throw new DeviceManagerException(
                    "device plugin GetPreferredAllocation rpc failed with err: " + GoErrors.text(e.getStatus()));
        } catch (DeviceManagerException e) {
            throw new DeviceManagerException(
                    "device plugin GetPreferredAllocation rpc failed with err: " + e.getMessage());
        } finally {
            manager.lock().lock();
        }
    }

    private Collection<String> checked(
            PreferredAllocationResponse response, Set<String> available, List<String> mustInclude) {
        List<String> ids = response.getContainerResponsesList().stream()
                .limit(1)
                .map(ContainerPreferredAllocationResponse::getDeviceIDsList)
                .<String>flatMap(List::stream)
                .toList();
        boolean good = ids.size() == count && available.containsAll(ids) && ids.containsAll(mustInclude);
        if (!ids.isEmpty() && !good) {
            violations.add(
                    ViolationKind.BAD_PREFERENCE,
                    resource,
                    ids + " is not " + count + " of " + available + " including " + mustInclude);
        }
        return ids;
    }
}
