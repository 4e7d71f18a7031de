package io.devicemgr.testkit.kubelet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What outlives a kubelet process: the node status in the API server, the pods bound to the node, their containers. */
final class NodeState {
    private static final int UPDATE_QUEUE = 100;

    private final Map<String, DeviceCount> status = new TreeMap<>();
    private final Map<String, PodSpecification> pods = new LinkedHashMap<>();
    private final Set<String> running = new HashSet<>();
    private final List<String> podUpdates = new ArrayList<>();
    private final List<Consumer<Map<String, DeviceCount>>> listeners = new CopyOnWriteArrayList<>();
    private String pending;
    private boolean sourcesReady = true;

    void listen(Consumer<Map<String, DeviceCount>> listener) {
        listeners.add(listener);
    }

    /** A removed resource keeps its key with 0 (rule 80). */
    void updateStatus(DeviceTable.Tick tick) {
        Map<String, DeviceCount> now;
        synchronized (this) {
            status.putAll(tick.counts());
            tick.removed().forEach(resource -> status.put(resource, DeviceCount.NONE));
            now = Map.copyOf(status);
        }
        listeners.forEach(listener -> listener.accept(now));
    }

    /** A kubelet that finds no file in its directory takes the node for a new one (rule 7). */
    synchronized void zeroExtendedResources() {
        status.replaceAll((resource, count) -> DeviceCount.NONE);
    }

    synchronized Map<String, DeviceCount> status() {
        return Map.copyOf(status);
    }

    /** Admitted pods that are neither finished nor removed, and the one being admitted. */
    synchronized Collection<String> activePods() {
        Set<String> active = new HashSet<>(pods.keySet());
        if (pending != null) {
            active.add(pending);
        }
        return active;
    }

    synchronized List<PodSpecification> pods() {
        return List.copyOf(pods.values());
    }

    synchronized void beginAdmission(PodSpecification pod) {
        pending = pod.uid();
        if (!pods.containsKey(pod.uid())) {
            sourcesReady = true;
        }
    }

    synchronized void endAdmission(PodSpecification pod, boolean admitted) {
        pending = null;
        if (admitted) {
            pods.put(pod.uid(), pod);
        } else {
            forget(pod.uid());
        }
    }

    synchronized void abortAdmission() {
        pending = null;
    }

    synchronized boolean active(String uid) {
        return pods.containsKey(uid);
    }

    synchronized void forget(String uid) {
        pods.remove(uid);
        running.removeIf(key -> key.startsWith(uid + "/"));
    }

    synchronized void containerRunning(String uid, String container) {
        running.add(uid + "/" + container);
    }

    /** Only asked for before the sources are ready: what the runtime still runs after a kubelet restart. */
    synchronized boolean survivedRestart(String uid, String container) {
        return !sourcesReady && running.contains(uid + "/" + container);
    }

    synchronized void rebooted() {
        running.clear();
    }

    synchronized void sourcesReady(boolean ready) {
        sourcesReady = ready;
    }

    synchronized boolean sourcesReady() {
        return sourcesReady;
    }

    /** At most 100 are queued, more are dropped (rule 99d). */
    synchronized void podUpdated(String uid) {
        if (podUpdates.size() < UPDATE_QUEUE) {
            podUpdates.add(uid);
        }
    }

    synchronized List<String> drainPodUpdates() {
        List<String> drained = List.copyOf(podUpdates);
        podUpdates.clear();
        return drained;
    }

    /** What the other active pods ask for. */
    synchronized int requestedByOthers(PodSpecification pod, String resource) {
        return pods.values().stream()
                .filter(other -> !other.uid().equals(pod.uid()))
                .mapToInt(other -> other.effectiveRequest(resource))
                .sum();
    }
}
