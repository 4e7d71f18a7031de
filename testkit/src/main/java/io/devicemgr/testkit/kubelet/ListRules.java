package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What a plugin must not do in its lists (section 2.6 of the contract), for one stream. */
final class ListRules {
    private static final int LONGEST_ID = 63;
    private static final int WINDOW_SECONDS = 10;
    private static final Set<String> HEALTH = Set.of("Healthy", "Unhealthy");

    private final String resource;
    private final Set<Long> numaNodes = new HashSet<>();
    private final ViolationLog violations;
    private final Deque<Long> received = new ArrayDeque<>();
    private final long askedNanos = System.nanoTime();
    private Map<String, Device> previous;

    /** For the stream that is about to be opened. */
    ListRules(String resource, List<Integer> numaNodes, ViolationLog violations) {
        this.resource = resource;
        numaNodes.forEach(node -> this.numaNodes.add((long) node));
        this.violations = violations;
    }

    void check(List<Device> devices, long nanoTime) {
        checkFirst(nanoTime);
        Map<String, Device> list = new HashMap<>();
        for (Device device : devices) {
            checkId(device.getID());
            checkHealth(device);
            checkTopology(device);
            if (list.put(device.getID(), device) != null) {
                found(ViolationKind.DUPLICATE_ID, "id \"" + device.getID() + "\" is listed twice");
            }
        }
        if (list.equals(previous)) {
            found(ViolationKind.UNCHANGED_LIST, "the list of " + devices.size() + " devices was sent again unchanged");
        }
        previous = list;
        checkRate(nanoTime);
    }

    private void checkFirst(long nanoTime) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanoTime - askedNanos);
        if (previous == null && millis > 1000) {
            found(ViolationKind.SLOW_FIRST_LIST, "the first list came after " + millis + " ms");
        }
    }

    private void checkId(String id) {
        if (id.isEmpty()) {
            found(ViolationKind.EMPTY_ID, "a device has an empty id");
        }
        if (id.length() > LONGEST_ID) {
            found(ViolationKind.ID_TOO_LONG, "id \"" + id + "\" has " + id.length() + " characters");
        }
    }

    private void checkHealth(Device device) {
        if (!HEALTH.contains(device.getHealth())) {
            found(
                    ViolationKind.WRONG_HEALTH,
                    "id \"" + device.getID() + "\" has health \"" + device.getHealth() + "\"");
        }
    }

    private void checkTopology(Device device) {
        if (device.hasTopology() && device.getTopology().getNodesCount() == 0) {
            found(ViolationKind.EMPTY_TOPOLOGY, "id \"" + device.getID() + "\" has a TopologyInfo without nodes");
        }
        for (NUMANode node : device.getTopology().getNodesList()) {
            if (!numaNodes.contains(node.getID())) {
                found(
                        ViolationKind.UNKNOWN_NUMA_NODE,
                        "id \"" + device.getID() + "\" is on NUMA node " + node.getID() + ", the machine has "
                                + numaNodes);
            }
        }
    }

    private void checkRate(long nanoTime) {
        received.addLast(nanoTime);
        while (nanoTime - received.peekFirst() > TimeUnit.SECONDS.toNanos(WINDOW_SECONDS)) {
            received.removeFirst();
        }
        if (received.size() > WINDOW_SECONDS) {
            found(ViolationKind.LIST_RATE, received.size() + " lists within " + WINDOW_SECONDS + " s");
            received.clear();
        }
    }

    private void found(ViolationKind kind, String detail) {
        violations.add(kind, resource, detail);
    }
}
