package io.devicemgr.testkit.apiserver.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import io.devicemgr.testkit.apiserver.resources.ResourceVerbs;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Deletes objects whose owners are all gone, and finishes foreground and orphan deletions. */
final class GarbageCollector implements ClusterControllers.Controller {
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    private final Store store;
    private final KindRegistry kinds;
    private final ResourceVerbs verbs;
    private final Map<String, Set<String>> dependents = new HashMap<>();

    GarbageCollector(Store store, KindRegistry kinds, ResourceVerbs verbs) {
        this.store = store;
        this.kinds = kinds;
        this.verbs = verbs;
    }

    @Override
    public void onEvent(WatchEvent event) {
        StoredObject object = event.object();
        event.previous().ifPresent(p -> owners(p).forEach(o -> forget(o, object.uid())));
        if (event.type() == WatchEvent.Type.DELETED) {
            List.copyOf(dependents.getOrDefault(object.uid(), Set.of())).forEach(this::collect);
            dependents.remove(object.uid());
            owners(object).forEach(this::finishDeletion);
            return;
        }
        owners(object)
                .forEach(
                        o -> dependents.computeIfAbsent(o, u -> new HashSet<>()).add(object.uid()));
        if (!owners(object).isEmpty()) {
            collect(object.uid());
        }
        if (object.isTerminating()) {
            startDeletion(object);
            finishDeletion(object.uid());
        }
    }

    /** Deletes an object when it has owners and none of them exists. */
    private void collect(String uid) {
        Optional<StoredObject> found = store.byUid(uid);
        if (found.isEmpty()) {
            return;
        }
        List<String> owners = owners(found.get());
        boolean orphaned = !owners.isEmpty()
                && owners.stream().noneMatch(o -> store.byUid(o).isPresent());
        if (orphaned && ownersAreServed(found.get())) {
            delete(found.get());
        }
    }

    /** An owner of a kind that nobody serves may exist: the real collector keeps trying and deletes nothing. */
    private boolean ownersAreServed(StoredObject object) {
        for (JsonNode ref : references(object)) {
            if (kinds.findKind(Json.at(ref, "apiVersion"), Json.at(ref, "kind")).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void startDeletion(StoredObject owner) {
        for (String uid : List.copyOf(dependents.getOrDefault(owner.uid(), Set.of()))) {
            store.byUid(uid).ifPresent(d -> {
                if (hasFinalizer(owner, FOREGROUND) && !d.isTerminating()) {
                    delete(d);
                } else if (hasFinalizer(owner, ORPHAN)) {
                    release(d, owner.uid());
                }
            });
        }
    }

    private void finishDeletion(String ownerUid) {
        Optional<StoredObject> owner = store.byUid(ownerUid).filter(StoredObject::isTerminating);
        if (owner.isEmpty()) {
            return;
        }
        if (hasFinalizer(owner.get(), ORPHAN)) {
            removeFinalizer(owner.get(), ORPHAN);
        } else if (hasFinalizer(owner.get(), FOREGROUND) && !isBlocked(ownerUid)) {
            removeFinalizer(owner.get(), FOREGROUND);
        }
    }

    private boolean isBlocked(String ownerUid) {
        return dependents.getOrDefault(ownerUid, Set.of()).stream()
                .flatMap(uid -> store.byUid(uid).stream())
                .anyMatch(d -> blocks(d, ownerUid));
    }

    private static boolean blocks(StoredObject dependent, String ownerUid) {
        for (JsonNode ref : references(dependent)) {
            if (Json.at(ref, "uid").equals(ownerUid)
                    && ref.path("blockOwnerDeletion").asBoolean(false)) {
                return true;
            }
        }
        return false;
    }

    private void delete(StoredObject object) {
        Optional<ResourceType> type = kinds.find(object.resource());
        try {
            type.ifPresent(t -> verbs.deleteInBackground(t, object.namespace(), object.name(), object.uid()));
        } catch (ApiException gone) {
            requireGoneOrReplaced(gone);
        }
    }

    private static void requireGoneOrReplaced(ApiException e) {
        if (e.code() != 404 && e.code() != 409) {
            throw e;
        }
    }

    private void release(StoredObject dependent, String ownerUid) {
        Rewrite.of(store, dependent, next -> {
            ArrayNode refs = Json.metadata(next).withArray("ownerReferences");
            for (int i = refs.size() - 1; i >= 0; i--) {
                if (Json.at(refs.get(i), "uid").equals(ownerUid)) {
                    refs.remove(i);
                }
            }
            if (refs.isEmpty()) {
                Json.metadata(next).remove("ownerReferences");
            }
        });
    }

    private void removeFinalizer(StoredObject object, String finalizer) {
        Rewrite.of(store, object, next -> dropFinalizer(next, finalizer));
    }

    static void dropFinalizer(ObjectNode object, String finalizer) {
        ArrayNode all = Json.metadata(object).withArray("finalizers");
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).asText().equals(finalizer)) {
                all.remove(i);
            }
        }
        if (all.isEmpty()) {
            Json.metadata(object).remove("finalizers");
        }
    }

    private static boolean hasFinalizer(StoredObject object, String name) {
        for (JsonNode f : Json.in(object.json(), "metadata", "finalizers")) {
            if (f.asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private void forget(String owner, String dependent) {
        dependents.computeIfPresent(owner, (o, set) -> {
            set.remove(dependent);
            return set.isEmpty() ? null : set;
        });
    }

    private static JsonNode references(StoredObject object) {
        return Json.in(object.json(), "metadata", "ownerReferences");
    }

    private static List<String> owners(StoredObject object) {
        return references(object).findValuesAsText("uid");
    }
}
