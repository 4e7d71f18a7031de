package io.devicemgr.testkit.apiserver.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Every object in its latest version, one revision counter, and the order of all events. A write costs the object, not
 * the number of objects.
 */
public final class Store {
    /** Sorts before every character that names may hold. */
    private static final char SEPARATOR = '/';

    private final Map<GroupResource, NavigableMap<String, StoredObject>> tables = new ConcurrentHashMap<>();
    private final Map<String, StoredObject> byUid = new ConcurrentHashMap<>();
    private final List<Consumer<WatchEvent>> hooks = new CopyOnWriteArrayList<>();
    private final WatchHub hub;
    private long revision = 1;

    /**
     * @param historySize events per resource that a watch can be resumed from
     */
    public Store(int historySize) {
        hub = new WatchHub(historySize);
    }

    /** A consistent list: the objects in order of namespace and name, and the revision at which that was so. */
    public record Listing(long revision, List<StoredObject> objects) {}

    public Optional<StoredObject> get(GroupResource resource, String namespace, String name) {
        return Optional.ofNullable(table(resource).get(key(namespace, name)));
    }

    public Optional<StoredObject> byUid(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    /**
     * @param namespace "" for all namespaces and for cluster-scoped objects
     */
    public synchronized Listing list(GroupResource resource, String namespace) {
        NavigableMap<String, StoredObject> table = table(resource);
        if (namespace.isEmpty()) {
            return new Listing(revision, new ArrayList<>(table.values()));
        }
        String from = namespace + SEPARATOR;
        String to = namespace + (char) (SEPARATOR + 1);
        return new Listing(revision, new ArrayList<>(table.subMap(from, to).values()));
    }

    public synchronized long revision() {
        return revision;
    }

    /** Stores a new object; empty when the name is taken. The tree belongs to the store afterwards. */
    public synchronized Optional<StoredObject> create(GroupResource resource, ObjectNode object) {
        String key = key(Json.namespace(object), Json.name(object));
        if (table(resource).containsKey(key)) {
            return Optional.empty();
        }
        StoredObject stored = stamped(resource, object, ++revision);
        commit(key, new WatchEvent(WatchEvent.Type.ADDED, stored, null));
        return Optional.of(stored);
    }

    /** Puts a new version in the place of the one expected; empty when somebody else was faster. */
    public synchronized Optional<StoredObject> replace(StoredObject expected, ObjectNode next) {
        String key = key(expected.namespace(), expected.name());
        if (table(expected.resource()).get(key) != expected) {
            return Optional.empty();
        }
        StoredObject stored = stamped(expected.resource(), next, ++revision);
        commit(key, new WatchEvent(WatchEvent.Type.MODIFIED, stored, expected));
        return Optional.of(stored);
    }

    /** Removes the version expected and gives the last state; empty when somebody else was faster. */
    public synchronized Optional<StoredObject> delete(StoredObject expected) {
        String key = key(expected.namespace(), expected.name());
        if (table(expected.resource()).get(key) != expected) {
            return Optional.empty();
        }
        StoredObject last = stamped(expected.resource(), expected.copy(), ++revision);
        commit(key, new WatchEvent(WatchEvent.Type.DELETED, last, expected));
        return Optional.of(last);
    }

    /** Events of a resource after a revision. */
    public synchronized Watch watch(GroupResource resource, long afterRevision) {
        return hub.open(resource, afterRevision);
    }

    /** The present state and everything after it, without a gap between. */
    public synchronized ListedWatch listAndWatch(GroupResource resource, String namespace) {
        Listing listing = list(resource, namespace);
        return new ListedWatch(listing, hub.open(resource, Math.max(listing.revision(), 0)));
    }

    /** A list and the watch that continues it. */
    public record ListedWatch(Listing listing, Watch watch) {}

    public synchronized Watch watchEverything() {
        return hub.openOfEverything();
    }

    /** Runs inside every commit, before anybody sees it: must be quick. */
    public void onCommit(Consumer<WatchEvent> hook) {
        hooks.add(hook);
    }

    /** Forgets all events so far: older watches and continue tokens get 410. */
    public synchronized void compact() {
        hub.forgetUpTo(revision, tables.keySet());
    }

    public synchronized boolean isTooOld(GroupResource resource, long someRevision) {
        return hub.isTooOld(resource, someRevision);
    }

    public void closeClientWatches() {
        hub.closeClients();
    }

    public void closeClientWatches(GroupResource resource) {
        hub.close(resource);
    }

    public int clientWatches() {
        return hub.clients();
    }

    static StoredObject stamped(GroupResource resource, ObjectNode object, long revision) {
        Json.metadata(object).put("resourceVersion", Long.toString(revision));
        return new StoredObject(resource, object, revision);
    }

    private void commit(String key, WatchEvent event) {
        StoredObject object = event.object();
        if (event.type() == WatchEvent.Type.DELETED) {
            table(object.resource()).remove(key);
            byUid.remove(object.uid());
        } else {
            table(object.resource()).put(key, object);
            byUid.put(object.uid(), object);
        }
        hooks.forEach(h -> h.accept(event));
        hub.publish(event);
    }

    private NavigableMap<String, StoredObject> table(GroupResource resource) {
        return tables.computeIfAbsent(resource, r -> new ConcurrentSkipListMap<>());
    }

    private static String key(String namespace, String name) {
        return namespace + SEPARATOR + name;
    }
}
