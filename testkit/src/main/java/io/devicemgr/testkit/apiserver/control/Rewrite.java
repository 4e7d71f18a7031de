package io.devicemgr.testkit.apiserver.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.util.Optional;
import java.util.function.Consumer;

/** Changes a stored object past the API, again and again until nobody was faster; the last finalizer's end deletes it. */
final class Rewrite {
    private Rewrite() {}

    static void of(Store store, StoredObject object, Consumer<ObjectNode> change) {
        Optional<StoredObject> live = store.byUid(object.uid());
        while (live.isPresent()) {
            ObjectNode next = live.get().copy();
            change.accept(next);
            if (next.equals(live.get().json()) || write(store, live.get(), next)) {
                return;
            }
            live = store.byUid(object.uid());
        }
    }

    private static boolean write(Store store, StoredObject live, ObjectNode next) {
        boolean free = live.isTerminating()
                && Json.in(next, "metadata", "finalizers").isEmpty()
                && Json.in(next, "spec", "finalizers").isEmpty();
        return (free ? store.delete(live) : store.replace(live, next)).isPresent();
    }
}
