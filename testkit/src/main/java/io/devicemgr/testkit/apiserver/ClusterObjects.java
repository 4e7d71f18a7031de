package io.devicemgr.testkit.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.ApiRequest;
import io.devicemgr.testkit.apiserver.resources.ApiRequest.Verb;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import io.devicemgr.testkit.apiserver.resources.ResourceVerbs;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import io.devicemgr.testkit.apiserver.store.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of the cluster for simulators in the same process. All writes pass the rules of the API (schema,
 * generation, managed fields). Trees that are handed out by get and list are to be read only.
 */
public final class ClusterObjects {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterObjects.class);

    private final Store store;
    private final KindRegistry kinds;
    private final ResourceVerbs verbs;
    private final List<Watch> listeners = new CopyOnWriteArrayList<>();

    ClusterObjects(Store store, KindRegistry kinds, ResourceVerbs verbs) {
        this.store = store;
        this.kinds = kinds;
        this.verbs = verbs;
    }

    /**
     * @param resource "pods", or with the group: "daemonsets.apps"
     * @param namespace "" for cluster-scoped objects
     */
    public Optional<ObjectNode> get(String resource, String namespace, String name) {
        return store.get(type(resource).key(), namespace, name).map(StoredObject::json);
    }

    /** All objects, or those of one namespace; "" for all. */
    public List<ObjectNode> list(String resource, String namespace) {
        return store.list(type(resource).key(), namespace).objects().stream()
                .map(StoredObject::json)
                .toList();
    }

    /** Creates the object; throws ApiException as the API would refuse it. */
    public ObjectNode create(String resource, ObjectNode object) {
        return verbs.write(request(Verb.CREATE, type(resource), Json.namespace(object), "", "", object))
                .object();
    }

    /**
     * Changes an object but its status; the change gets a copy of the newest version and may be called again when
     * somebody else was faster. Empty when the object does not exist.
     */
    public Optional<ObjectNode> update(
            String resource, String namespace, String name, UnaryOperator<ObjectNode> change) {
        return change(resource, namespace, name, "", change);
    }

    /** Like update, for the status. */
    public Optional<ObjectNode> updateStatus(
            String resource, String namespace, String name, UnaryOperator<ObjectNode> change) {
        return change(resource, namespace, name, "status", change);
    }

    private Optional<ObjectNode> change(
            String resource, String namespace, String name, String subresource, UnaryOperator<ObjectNode> change) {
        try {
            return Optional.of(
                    verbs.change(request(Verb.UPDATE, type(resource), namespace, name, subresource, null), change));
        } catch (ApiException e) {
            if (e.code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Deletes with the background policy and grace period 0; false when there was nothing to delete. */
    public boolean delete(String resource, String namespace, String name) {
        try {
            ObjectNode now = Json.object().put("gracePeriodSeconds", 0);
            verbs.write(request(Verb.DELETE, type(resource), namespace, name, "", now));
            return true;
        } catch (ApiException e) {
            if (e.code() == 404) {
                return false;
            }
            throw e;
        }
    }

    /** Tells every event from now on, in order, on a thread of its own. Returns what ends that. */
    public AutoCloseable onEvent(Consumer<ObjectEvent> listener) {
        Watch watch = store.watchEverything();
        listeners.add(watch);
        Thread thread = new Thread(() -> follow(watch, listener), "api-listener");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    private void follow(Watch watch, Consumer<ObjectEvent> listener) {
        try {
            while (!watch.isClosed()) {
                watch.next(Duration.ofMinutes(1))
                        .ifPresent(e -> tell(
                                listener,
                                new ObjectEvent(
                                        e.type().name(),
                                        e.object().resource().group(),
                                        e.object().resource().plural(),
                                        e.object().json())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(Consumer<ObjectEvent> listener, ObjectEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.error("a listener failed on {} of {}", event.type(), Json.name(event.object()), e);
        }
    }

    void applyYaml(String yaml) {
        for (ObjectNode document : Json.documents(yaml)) {
            String apiVersion = Json.at(document, "apiVersion");
            String kind = Json.at(document, "kind");
            ResourceType type = kinds.findKind(apiVersion, kind)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "nobody serves " + apiVersion + " " + kind + ": apply its CRD first"));
            apply(type, document, "");
            if (type.hasStatus() && document.hasNonNull("status")) {
                apply(type, document, "status");
            }
        }
    }

    private void apply(ResourceType type, ObjectNode document, String subresource) {
        String home = Json.namespace(document).isEmpty() ? "default" : Json.namespace(document);
        verbs.write(new ApiRequest(
                Verb.PATCH,
                type,
                type.namespaced() ? home : "",
                Json.name(document),
                subresource,
                Map.of("fieldManager", "admin", "force", "true", "fieldValidation", "Strict"),
                User.of("admin", "system:masters"),
                "admin",
                "application/apply-patch+yaml",
                Json.bytes(document)));
    }

    ResourceVerbs verbs() {
        return verbs;
    }

    void close() {
        listeners.forEach(Watch::close);
    }

    private ApiRequest request(
            Verb verb, ResourceType type, String namespace, String name, String subresource, ObjectNode body) {
        byte[] bytes = body == null ? new byte[0] : Json.bytes(body);
        return new ApiRequest(
                verb,
                type,
                namespace,
                name,
                subresource,
                Map.of(),
                User.of("simulator", "system:masters"),
                "simulator",
                "application/json",
                bytes);
    }

    private ResourceType type(String resource) {
        int dot = resource.indexOf('.');
        GroupResource key = dot < 0
                ? new GroupResource("", resource)
                : new GroupResource(resource.substring(dot + 1), resource.substring(0, dot));
        return kinds.find(key).orElseThrow(() -> new IllegalArgumentException("nobody serves " + resource));
    }
}
