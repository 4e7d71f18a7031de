package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last list of every resource that a Device Manager has taken, and who wants to hear of lists as they arrive. */
final class ReceivedLists {
    private static final Logger LOG = LoggerFactory.getLogger(ReceivedLists.class);

    private final Map<String, ReceivedList> last = new HashMap<>();
    private final List<ListListener> listeners = new CopyOnWriteArrayList<>();

    void listen(ListListener listener) {
        listeners.add(listener);
    }

    void announce(String resource, List<Device> devices, long nanoTime) {
        listeners.forEach(listener -> tell(listener, resource, devices, nanoTime));
    }

    /** A failing listener must not look like a plugin whose stream broke. */
    private static void tell(ListListener listener, String resource, List<Device> devices, long nanoTime) {
        try {
            listener.onList(resource, devices, nanoTime);
        } catch (RuntimeException e) {
            LOG.error("A listener for lists failed", e);
        }
    }

    /** From now on admission, node status and PodResources know this list. */
    synchronized void taken(PluginClient from, List<Device> devices, long nanoTime) {
        int number = last(from.resource()).map(ReceivedList::number).orElse(0) + 1;
        last.put(
                from.resource(),
                new ReceivedList(from.resource(), from.socket().toString(), devices, nanoTime, number));
    }

    synchronized Optional<ReceivedList> last(String resource) {
        return Optional.ofNullable(last.get(resource));
    }
}
