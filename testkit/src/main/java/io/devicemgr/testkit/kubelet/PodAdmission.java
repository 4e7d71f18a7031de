package io.devicemgr.testkit.kubelet;

import io.devicemgr.testkit.kubelet.AdmissionResult.Admitted;
import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import io.devicemgr.testkit.kubelet.TopologyHints.Hint;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** The pod's way through one kubelet: admission under one lock, then container starts (section 2.8). */
final class PodAdmission {
    private final ReentrantLock admission = new ReentrantLock();
    private final DeviceManager manager;
    private final NodeState node;
    private final RandomOrder order;
    private final DeviceAllocator allocator;
    private final TopologyPolicy policy;
    private final TopologyHints hints;
    private final TopologyMerge merge;

    PodAdmission(
            DeviceManager manager,
            NodeState node,
            RandomOrder order,
            ViolationLog violations,
            SimulatedKubeletOptions options) {
        this.manager = manager;
        this.node = node;
        this.order = order;
        this.allocator = new DeviceAllocator(manager, node, order, violations);
        this.policy = options.topologyPolicy();
        this.hints = new TopologyHints(manager, options.numaNodes());
        this.merge = new TopologyMerge(policy, options.numaNodes());
    }

    AdmissionResult admit(PodSpecification pod) {
        admission.lock();
        try {
            node.beginAdmission(pod);
            AdmissionResult result = decide(pod);
            if (manager.ended()) {
                node.abortAdmission();
                throw new IllegalStateException(
                        "The kubelet ended while it admitted pod " + pod.name() + "; admit it again after the restart");
            }
            node.endAdmission(pod, result instanceof Admitted);
            return result;
        } finally {
            admission.unlock();
        }
    }

    private AdmissionResult decide(PodSpecification pod) {
        Map<String, Set<String>> reusable = new HashMap<>();
        for (ContainerSpecification container : pod.allContainers().toList()) {
            Optional<NumaMask> affinity = Optional.empty();
            if (policy != TopologyPolicy.NONE) {
                Hint best = merge.best(hints.of(pod, container, reusable));
                if (!merge.admits(best)) {
                    return new Rejected(
                            "TopologyAffinityError",
                            "Pod was rejected: Resources cannot be allocated with Topology locality");
                }
                affinity = best.mask();
            }
            try {
                allocator.allocate(pod, container, reusable, affinity);
            } catch (DeviceManagerException e) {
                return new Rejected(
                        "UnexpectedAdmissionError",
                        "Pod was rejected: Allocate failed due to " + e.getMessage() + ", which is unexpected");
            }
            passOn(pod, container, reusable);
        }
        return shortage(pod).orElseGet(() -> new Admitted(devices(pod)));
    }

    /** An init container hands its devices on; a sidecar or app container keeps them. */
    private void passOn(PodSpecification pod, ContainerSpecification container, Map<String, Set<String>> reusable) {
        boolean hands = pod.initContainers().contains(container) && !container.restartable();
        manager.locked(() -> manager.podDevices()
                .containerDevices(pod.uid(), container.name())
                .forEach((resource, ids) -> {
                    Set<String> pool = reusable.computeIfAbsent(resource, r -> new LinkedHashSet<>());
                    if (hands) {
                        pool.addAll(ids);
                    } else {
                        pool.removeAll(ids);
                    }
                }));
    }

    /** The resource-fit check, which comes after Allocate (rule 66); a resource unknown to the node is ignored. */
    private Optional<AdmissionResult> shortage(PodSpecification pod) {
        Set<String> resources = new TreeSet<>();
        pod.allContainers().forEach(c -> resources.addAll(c.limits().keySet()));
        Map<String, DeviceCount> status = node.status();
        for (String resource : resources) {
            int wanted = pod.effectiveRequest(resource);
            if (status.containsKey(resource) && wanted > 0) {
                int limit = Math.max(
                        status.get(resource).allocatable(),
                        manager.reading(() -> manager.table().inUseCount(resource)));
                int used = node.requestedByOthers(pod, resource);
                if (used + wanted > limit) {
                    return Optional.of(outOf(resource, wanted, used, limit));
                }
            }
        }
        return Optional.empty();
    }

    private static Rejected outOf(String resource, int wanted, int used, int limit) {
        return new Rejected(
                "OutOf" + resource,
                "Pod was rejected: Node didn't have enough resource: " + resource + ", requested: " + wanted
                        + ", used: " + used + ", capacity: " + limit);
    }

    private Map<String, ContainerDevices> devices(PodSpecification pod) {
        return pod.allContainers()
                .collect(Collectors.toMap(
                        ContainerSpecification::name, c -> devices(pod, c), (a, b) -> a, TreeMap::new));
    }

    private ContainerDevices devices(PodSpecification pod, ContainerSpecification container) {
        return ResponseMerge.merge(
                order.shuffled(manager.reading(() -> manager.podDevices().of(pod.uid(), container.name()))));
    }

    /** Prepares and hands over the devices of one container, as before every start of it (rules 74 and 75). */
    StartResult start(PodSpecification pod, ContainerSpecification container) {
        try {
            boolean unrecorded = false;
            for (String resource : order.shuffled(container.limits().keySet())) {
                if (!allocator.skipped(container, resource)) {
                    allocator.preStart(pod.uid(), container.name(), resource);
                    unrecorded |= node.active(pod.uid()) && !recorded(pod, container, resource);
                }
            }
            if (unrecorded) {
                allocator.allocate(pod, container, Map.of(), Optional.empty());
            }
        } catch (DeviceManagerException e) {
            return new StartResult.ConfigError(e.getMessage());
        }
        node.containerRunning(pod.uid(), container.name());
        return new StartResult.Started(devices(pod, container));
    }

    private boolean recorded(PodSpecification pod, ContainerSpecification container, String resource) {
        return manager.reading(() -> manager.podDevices().ids(pod.uid(), container.name(), resource))
                .isPresent();
    }
}
