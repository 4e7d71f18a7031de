package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The last list of every resource, and who wants to hear of new ones. */
final class ReceivedLists {
    private final Map<String, ReceivedList> last = new HashMap<>();
    private final List<ListListener> listeners = new CopyOnWriteArrayList<>();

    void listen(ListListener listener) {
        listeners.add(listener);
    }

    void received(String resource, List<Device> devices, long nanoTime) {
        remember(resource, devices, nanoTime);
        listeners.forEach(listener -> listener.onList(resource, devices, nanoTime));
    }

    private synchronized void remember(String resource, List<Device> devices, long nanoTime) {
        int number = last(resource).map(ReceivedList::number).orElse(0) + 1;
        last.put(resource, new ReceivedList(resource, devices, nanoTime, number));
    }

    synchronized Optional<ReceivedList> last(String resource) {
        return Optional.ofNullable(last.get(resource));
    }
}
