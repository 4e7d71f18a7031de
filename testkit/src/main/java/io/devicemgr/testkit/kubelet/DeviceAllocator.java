package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Allocates the device resources of one container: choice, Allocate call, records and their roll-back (section 2.8). */
final class DeviceAllocator {
    private final DeviceManager manager;
    private final NodeState node;
    private final RandomOrder order;
    private final ViolationLog violations;
    private final AnswerRules rules;

    DeviceAllocator(DeviceManager manager, NodeState node, RandomOrder order, ViolationLog violations) {
        this.manager = manager;
        this.node = node;
        this.order = order;
        this.violations = violations;
        this.rules = new AnswerRules(violations);
    }

    /** Re-usable ids come from earlier init containers of the same pod. */
    void allocate(
            PodSpecification pod,
            ContainerSpecification container,
            Map<String, Set<String>> reusable,
            Optional<NumaMask> affinity)
            throws DeviceManagerException {
        boolean collected = false;
        boolean changed = false;
        for (String resource : order.shuffled(container.limits().keySet())) {
            if (skipped(container, resource)) {
                continue;
            }
            if (!collected) {
                manager.collectStranded();
                collected = true;
            }
            changed |= allocate(pod, container, resource, reusable.getOrDefault(resource, Set.of()), affinity);
        }
        if (changed) {
            manager.writeCheckpoint();
        }
    }

    boolean skipped(ContainerSpecification container, String resource) {
        return container.limits().get(resource) == 0
                || container.draResources().contains(resource)
                || !manager.reading(() -> manager.table().managed(resource));
    }

    private boolean allocate(
            PodSpecification pod,
            ContainerSpecification container,
            String resource,
            Set<String> reusable,
            Optional<NumaMask> affinity)
            throws DeviceManagerException {
        int count = container.limits().get(resource);
        DeviceChoice choice = new DeviceChoice(manager, order, violations, resource, count);
        try {
            if (!choose(pod.uid(), container.name(), choice, resource, count, reusable, affinity)) {
                return false;
            }
            List<String> ids = order.shuffled(choice.chosen());
            ContainerAllocateResponse response = call(resource, ids);
            manager.locked(() -> manager.podDevices()
                    .insert(new PodDevices.Share(
                            pod.uid(), container.name(), resource, byNode(resource, ids), response)));
            return true;
        } finally {
            manager.landed(resource, choice.chosen());
        }
    }

    private boolean choose(
            String pod,
            String container,
            DeviceChoice choice,
            String resource,
            int count,
            Set<String> reusable,
            Optional<NumaMask> affinity)
            throws DeviceManagerException {
        manager.lock().lock();
        try {
            if (alreadyHeld(pod, container, resource, count)) {
                return false;
            }
            choice.choose(reusable, affinity);
            return true;
        } finally {
            manager.lock().unlock();
        }
    }

    /** True when the container keeps what it has; Allocate is not repeated then (rules 67 and 89). */
    private boolean alreadyHeld(String pod, String container, String resource, int count)
            throws DeviceManagerException {
        Optional<Set<String>> held = manager.podDevices().ids(pod, container, resource);
        if (held.isPresent() && held.get().size() != count) {
            throw new DeviceManagerException(
                    "pod \"" + pod + "\" container \"" + container + "\" changed request for resource \"" + resource
                            + "\" from " + held.get().size() + " to " + count);
        }
        if (node.survivedRestart(pod, container)) {
            return true;
        }
        if (!manager.table().registered(resource)) {
            throw new DeviceManagerException("cannot allocate unregistered device " + resource);
        }
        Set<String> healthy = manager.table().healthyIds(resource);
        if (healthy.isEmpty()) {
            throw new DeviceManagerException(
                    "no healthy devices present; cannot allocate unhealthy devices " + resource);
        }
        if (held.isPresent() && !healthy.containsAll(held.get())) {
            throw new DeviceManagerException(
                    "previously allocated devices are no longer healthy; cannot allocate unhealthy devices "
                            + resource);
        }
        return held.isPresent();
    }

    /** An error rolls the in-use marks back, an answer without containers does not (rules 59 and 63). */
    private ContainerAllocateResponse call(String resource, List<String> ids) throws DeviceManagerException {
        AllocateResponse response;
        long begin = System.nanoTime();
        try {
            response = endpoint(resource, "unknown Device Plugin ").running().allocate(ids);
        } catch (StatusRuntimeException e) {
            manager.rollBackInUse();
            throw new DeviceManagerException(GoErrors.text(e.getStatus()));
        } catch (DeviceManagerException e) {
            manager.rollBackInUse();
            throw e;
        }
        rules.check(resource, ids, response, System.nanoTime() - begin);
        if (response.getContainerResponsesCount() == 0) {
            throw new DeviceManagerException("no containers return in allocation response " + response);
        }
        return response.getContainerResponses(0);
    }

    private Endpoint endpoint(String resource, String errorWhenMissing) throws DeviceManagerException {
        return manager.reading(() -> manager.table().endpoint(resource))
                .orElseThrow(() -> new DeviceManagerException(errorWhenMissing + resource));
    }

    /** A device on several nodes is recorded under each (rule 57); a dropped one is the panic of rule 48. */
    private Map<Long, List<String>> byNode(String resource, List<String> ids) {
        Map<Long, List<String>> byNode = new TreeMap<>();
        for (String id : ids) {
            List<NUMANode> nodes = manager.table()
                    .device(resource, id)
                    .map(Device::getTopology)
                    .map(t -> t.getNodesList())
                    .orElse(List.of());
            if (nodes.isEmpty()) {
                byNode.computeIfAbsent(PodDevices.NO_NODE, n -> new ArrayList<>())
                        .add(id);
            }
            nodes.forEach(node ->
                    byNode.computeIfAbsent(node.getID(), n -> new ArrayList<>()).add(id));
        }
        return byNode;
    }

    /** Calls PreStartContainer before every start, if the plugin's known options ask for it (rules 73 to 77). */
    void preStart(String pod, String container, String resource) throws DeviceManagerException {
        Endpoint endpoint = endpoint(resource, "endpoint not found in cache for a registered resource: ");
        if (endpoint.options().filter(DevicePluginOptions::getPreStartRequired).isEmpty()) {
            return;
        }
        Optional<Set<String>> ids = manager.reading(() -> manager.podDevices().ids(pod, container, resource));
        if (ids.isEmpty()) {
            throw new DeviceManagerException("no devices found allocated in local cache for pod " + pod + ", container "
                    + container + ", resource " + resource);
        }
        callPreStart(endpoint, order.shuffled(ids.get()));
    }

    private static void callPreStart(Endpoint endpoint, List<String> ids) throws DeviceManagerException {
        try {
            endpoint.running().preStart(ids);
        } catch (StatusRuntimeException e) {
            throw new DeviceManagerException(
                    "device plugin PreStartContainer rpc failed with err: " + GoErrors.text(e.getStatus()));
        } catch (DeviceManagerException e) {
            throw new DeviceManagerException("device plugin PreStartContainer rpc failed with err: " + e.getMessage());
        }
    }
}
