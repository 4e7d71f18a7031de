package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of one life of the Device Manager, behind its one lock; the lock is never held during a call to a plugin. */
final class DeviceManager {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceManager.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final DeviceTable table = new DeviceTable();
    private final PodDevices podDevices = new PodDevices();
    private final Map<String, Set<String>> inFlight = new TreeMap<>();
    private final EndpointStore endpoints = new EndpointStore();
    private final KubeletProfile profile;
    private final RandomOrder order;
    private final InstantSource clock;
    private final Checkpoint checkpoint;
    private final NodeState node;
    private final ViolationLog violations;
    private final ReceivedLists lists;
    private boolean ended;

    DeviceManager(KubeletParts parts, Checkpoint checkpoint) {
        this.profile = parts.options().profile();
        this.order = parts.order();
        this.clock = parts.options().clock();
        this.checkpoint = checkpoint;
        this.node = parts.node();
        this.violations = parts.violations();
        this.lists = parts.lists();
    }

    ReentrantLock lock() {
        return lock;
    }

    DeviceTable table() {
        return table;
    }

    PodDevices podDevices() {
        return podDevices;
    }

    /** Allocations come back as they were, resources without devices and with a stopped endpoint (rule 88). */
    void loadCheckpoint() {
        locked(() -> checkpoint.read().ifPresent(content -> {
            content.shares().forEach(podDevices::insert);
            table.resetInUse(podDevices.devices());
            content.healthy().keySet().forEach(resource -> table.restore(resource, clock.instant()));
        }));
    }

    /** From here on nothing of this life reaches the checkpoint any more. */
    void end() {
        locked(() -> ended = true);
    }

    /** The newest plugin gets the calls. Later kubelets refuse a socket that they still have (rule 94). */
    void pluginConnected(PluginClient client, DevicePluginOptions options) throws DeviceManagerException {
        Endpoint endpoint = new Endpoint(client, options);
        lock.lock();
        try {
            if (profile == KubeletProfile.K137) {
                endpoints.add(client.resource(), client.socket(), endpoint);
            }
            table.connect(client.resource(), endpoint);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the resource down; later kubelets do so only when no plugin of it is left. */
    void pluginDisconnected(String resource, Path socket) {
        locked(() -> {
            if (profile == KubeletProfile.K136) {
                table.disconnect(resource, clock.instant());
            } else {
                endpoints.remove(resource, socket).ifPresent(gone -> handOver(resource, gone));
            }
        });
    }

    /** Any survivor takes the calls over, and the devices stay as they are (rule 94). */
    private void handOver(String resource, Endpoint gone) {
        gone.stop(clock.instant());
        List<Endpoint> survivors = order.shuffled(endpoints.of(resource));
        if (survivors.isEmpty()) {
            table.disconnect(resource, clock.instant());
        } else if (table.endpoint(resource).equals(Optional.of(gone))) {
            table.connect(resource, survivors.get(0));
        }
    }

    /** Keyed by resource only: whichever stream speaks last has the word (rule 93). */
    void receive(PluginClient client, List<Device> devices, long nanoTime) {
        String resource = client.resource();
        locked(() -> {
            if (ended) {
                return;
            }
            reportDropped(resource, devices);
            podsWithNewHealth(resource, devices).forEach(node::podUpdated);
            table.replaceList(resource, devices);
            reportShared(resource, devices);
            writeCheckpoint();
            lists.taken(client, devices, nanoTime);
        });
    }

    private void reportDropped(String resource, List<Device> devices) {
        Set<String> missing = new HashSet<>(inFlight.getOrDefault(resource, Set.of()));
        Collection<String> active = node.activePods();
        podDevices.all().stream()
                .filter(s -> s.resource().equals(resource) && active.contains(s.pod()))
                .forEach(s -> missing.addAll(s.ids()));
        devices.forEach(device -> missing.remove(device.getID()));
        missing.forEach(id -> violations.add(
                ViolationKind.KUBELET_PANIC, resource, "id \"" + id + "\" was dropped from the list while in use"));
    }

    private Set<String> podsWithNewHealth(String resource, List<Device> devices) {
        Set<String> pods = new HashSet<>();
        for (Device device : devices) {
            boolean same = table.device(resource, device.getID())
                    .map(old -> old.getHealth().equals(device.getHealth()))
                    .orElse(false);
            if (!same) {
                podDevices.podHolding(device.getID()).ifPresent(pods::add);
            }
        }
        return pods;
    }

    /** Names the first one only: a plugin that shares ids mostly shares all of them. */
    private void reportShared(String resource, List<Device> devices) {
        devices.stream()
                .map(Device::getID)
                .filter(id -> !table.otherResourcesWith(resource, id).isEmpty())
                .findFirst()
                .ifPresent(id -> violations.add(
                        ViolationKind.ID_SHARED_BETWEEN_RESOURCES,
                        resource,
                        "id \"" + id + "\" is also listed by " + table.otherResourcesWith(resource, id)));
    }

    /** Reads the capacity, which is also when expired resources go; nothing is pushed in between (rule 47). */
    void statusTick() {
        DeviceTable.Tick tick = reading(() -> table.tick(clock.instant()));
        if (!tick.removed().isEmpty()) {
            writeCheckpoint();
        }
        node.updateStatus(tick);
    }

    /** Frees the devices of pods that are gone; in-use marks are recomputed only if there was one (rule 59). */
    void collectStranded() {
        locked(() -> {
            if (node.sourcesReady() && podDevices.retain(node.activePods())) {
                table.resetInUse(podDevices.devices());
            }
        });
    }

    void rollBackInUse() {
        locked(() -> table.resetInUse(podDevices.devices()));
    }

    /** Marks an id as in use and as asked for, so that a list without it is noticed. */
    void take(String resource, String id) {
        locked(() -> {
            table.markInUse(resource, id);
            inFlight.computeIfAbsent(resource, r -> new HashSet<>()).add(id);
        });
    }

    void landed(String resource, Collection<String> ids) {
        locked(() -> inFlight.getOrDefault(resource, new HashSet<>()).removeAll(ids));
    }

    /** A failure is only logged: a kubelet goes on without its checkpoint. */
    void writeCheckpoint() {
        locked(() -> {
            try {
                if (!ended) {
                    checkpoint.write(new Checkpoint.Content(podDevices.all(), table.healthyByResource()));
                }
            } catch (UncheckedIOException e) {
                LOG.warn("The allocations will not survive a kubelet restart: {}", e.getMessage());
            }
        });
    }

    boolean ended() {
        return reading(() -> ended);
    }

    /** All healthy devices by resource, allocated or not. */
    Map<String, List<Device>> healthyDevices() {
        Map<String, List<Device>> devices = new TreeMap<>();
        locked(() -> table.healthyByResource().forEach((resource, ids) -> {
            List<Device> present = new ArrayList<>();
            ids.forEach(id -> table.device(resource, id).ifPresent(present::add));
            devices.put(resource, present);
        }));
        return devices;
    }

    <T> T reading(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
