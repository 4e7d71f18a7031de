package io.devicemgr.testkit.apiserver.store;

import io.devicemgr.testkit.apiserver.errors.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands every event to the watches of its resource and remembers it. All methods but close run under the store's lock. */
final class WatchHub {
    private final Map<GroupResource, History> histories = new ConcurrentHashMap<>();
    private final Map<GroupResource, List<Watch>> watches = new ConcurrentHashMap<>();
    private final List<Watch> ofEverything = new CopyOnWriteArrayList<>();
    private final int historySize;

    WatchHub(int historySize) {
        this.historySize = historySize;
    }

    void publish(WatchEvent event) {
        GroupResource resource = event.object().resource();
        history(resource).add(event);
        watches.getOrDefault(resource, List.of()).forEach(w -> w.offer(event));
        ofEverything.forEach(w -> w.offer(event));
    }

    /** Events after a revision, those to come included; throws 410 when some are forgotten. */
    Watch open(GroupResource resource, long after) {
        History history = history(resource);
        if (history.isTooOld(after)) {
            throw ApiException.expired(after, history.forgottenUpTo());
        }
        List<Watch> listeners = watches.computeIfAbsent(resource, r -> new CopyOnWriteArrayList<>());
        Watch watch = new Watch(listeners::remove);
        history.after(after).forEach(watch::offer);
        listeners.add(watch);
        return watch;
    }

    /** All events of all resources from now on; not touched by closeClients. */
    Watch openOfEverything() {
        Watch watch = new Watch(ofEverything::remove);
        ofEverything.add(watch);
        return watch;
    }

    boolean isTooOld(GroupResource resource, long revision) {
        return history(resource).isTooOld(revision);
    }

    void forgetUpTo(long revision, Set<GroupResource> resources) {
        resources.forEach(r -> history(r).forgetUpTo(revision));
        histories.values().forEach(h -> h.forgetUpTo(revision));
    }

    void closeClients() {
        watches.values().forEach(list -> list.forEach(Watch::close));
    }

    void close(GroupResource resource) {
        watches.getOrDefault(resource, List.of()).forEach(Watch::close);
    }

    int clients() {
        return watches.values().stream().mapToInt(List::size).sum();
    }

    private History history(GroupResource resource) {
        return histories.computeIfAbsent(resource, r -> new History(historySize));
    }
}
