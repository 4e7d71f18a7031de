package io.devicemgr.testkit.apiserver.control;

import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import io.devicemgr.testkit.apiserver.resources.ResourceVerbs;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.util.stream.Stream;

/** Empties namespaces and CRDs that are being deleted, lets them go when they are empty, and furnishes new namespaces. */
final class ContentCleanup implements ClusterControllers.Controller {
    private static final GroupResource NAMESPACES = new GroupResource("", "namespaces");
    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");
    private static final String CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    private final Store store;
    private final KindRegistry kinds;
    private final ResourceVerbs verbs;

    ContentCleanup(Store store, KindRegistry kinds, ResourceVerbs verbs) {
        this.store = store;
        this.kinds = kinds;
        this.verbs = verbs;
    }

    @Override
    public void onEvent(WatchEvent event) {
        StoredObject object = event.object();
        if (event.type() == WatchEvent.Type.DELETED) {
            afterDeletion(object);
        } else if (object.resource().equals(NAMESPACES)) {
            namespace(object);
        } else if (object.resource().equals(KindRegistry.CRDS) && object.isTerminating()) {
            crd(object);
        }
    }

    private void namespace(StoredObject namespace) {
        if (namespace.isTerminating()) {
            content(namespace.name()).forEach(this::delete);
            releaseIfEmpty(namespace);
        } else {
            verbs.createDefaultServiceAccount(namespace.name());
        }
    }

    private void crd(StoredObject crd) {
        store.list(resourceOf(crd), "").objects().forEach(this::delete);
        releaseIfEmpty(crd);
    }

    /** The last object to go lets its namespace or its CRD go. */
    private void afterDeletion(StoredObject gone) {
        if (gone.resource().equals(ACCOUNTS) && gone.name().equals("default")) {
            store.get(NAMESPACES, "", gone.namespace())
                    .filter(n -> !n.isTerminating())
                    .ifPresent(n -> verbs.createDefaultServiceAccount(n.name()));
        }
        if (!gone.namespace().isEmpty()) {
            store.get(NAMESPACES, "", gone.namespace())
                    .filter(StoredObject::isTerminating)
                    .ifPresent(this::releaseIfEmpty);
        }
        store.get(KindRegistry.CRDS, "", gone.resource().toString())
                .filter(StoredObject::isTerminating)
                .ifPresent(this::releaseIfEmpty);
    }

    private void releaseIfEmpty(StoredObject holder) {
        boolean isNamespace = holder.resource().equals(NAMESPACES);
        boolean empty = isNamespace
                ? content(holder.name()).findAny().isEmpty()
                : store.list(resourceOf(holder), "").objects().isEmpty();
        if (empty && isNamespace) {
            Rewrite.of(store, holder, next -> Json.child(next, "spec").remove("finalizers"));
        } else if (empty) {
            Rewrite.of(store, holder, next -> GarbageCollector.dropFinalizer(next, CRD_FINALIZER));
        }
    }

    private Stream<StoredObject> content(String namespace) {
        return kinds.all().stream()
                .filter(ResourceType::namespaced)
                .map(ResourceType::key)
                .distinct()
                .flatMap(r -> store.list(r, namespace).objects().stream());
    }

    private void delete(StoredObject object) {
        if (object.isTerminating()) {
            return;
        }
        try {
            kinds.find(object.resource())
                    .ifPresent(t -> verbs.deleteInBackground(t, object.namespace(), object.name(), object.uid()));
        } catch (ApiException e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }

    private static GroupResource resourceOf(StoredObject crd) {
        return new GroupResource(Json.at(crd.json(), "spec", "group"), Json.at(crd.json(), "spec", "names", "plural"));
    }
}
