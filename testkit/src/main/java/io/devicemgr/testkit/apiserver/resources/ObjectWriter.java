package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.fields.FieldOwnership;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.Attributes;
import io.devicemgr.testkit.apiserver.policy.Attributes.Operation;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The one way into the store for creations and changes: every rule of the API is applied here. */
final class ObjectWriter {
    private static final Set<String> STRUCTS =
            Set.of("metadata", "spec", "status", "template", "strategy", "updateStrategy");

    private final Store store;
    private final SystemFields system;
    private final Admission admission;

    ObjectWriter(Store store, SystemFields system, Admission admission) {
        this.store = store;
        this.system = system;
        this.admission = admission;
    }

    /** Who writes what, and how strictly. */
    record Context(
            ResourceType type,
            String subresource,
            String manager,
            boolean dryRun,
            boolean patched,
            String strictness,
            User user) {
        static Context of(ApiRequest request) {
            return new Context(
                    request.type(),
                    request.subresource(),
                    request.fieldManager(),
                    request.dryRun(),
                    request.verb() == ApiRequest.Verb.PATCH,
                    request.parameter("fieldValidation"),
                    request.user());
        }

        Attributes attributes(Operation operation, ObjectNode object) {
            return new Attributes(
                    operation,
                    type.group(),
                    type.version(),
                    type.kind(),
                    type.plural(),
                    subresource,
                    type.namespaced(),
                    Json.namespace(object),
                    Json.name(object),
                    dryRun,
                    user);
        }

        boolean isStatus() {
            return subresource.equals("status");
        }
    }

    /** Makes the next version of an object; may be called again with a newer live version. */
    @FunctionalInterface
    interface Change {
        ObjectNode next(ObjectNode live);
    }

    Outcome create(Context context, String namespace, ObjectNode object) {
        ResourceType type = context.type();
        List<String> warnings = prepareNew(context, namespace, object);
        ownership(context)
                .recordUpdate(skeleton(type, object), object, context.manager(), system.now(), ignored(context));
        return insert(context, object, warnings);
    }

    /** Server-side apply of an object that does not exist yet. */
    Outcome createApplied(Context context, String namespace, ObjectNode owned) {
        List<String> warnings = prepareNew(context, namespace, owned);
        return insert(context, owned, warnings);
    }

    private List<String> prepareNew(Context context, String namespace, ObjectNode object) {
        ResourceType type = context.type();
        if (type.namespaced()) {
            Json.metadata(object).put("namespace", namespace);
        } else {
            Json.metadata(object).remove("namespace");
        }
        List<String> warnings = ObjectRules.prune(type, object, context.strictness(), context.patched());
        if (type.hasStatus() && !type.plural().equals("nodes")) {
            object.remove("status");
        }
        system.onCreate(type, object);
        ObjectRules.fillDefaults(type, object);
        admission.onCreate(type, object);
        ObjectRules.validate(type, object, Optional.empty());
        admission.judge(context.attributes(Operation.CREATE, object), object, null);
        return warnings;
    }

    private Outcome insert(Context context, ObjectNode object, List<String> warnings) {
        ResourceType type = context.type();
        object.put("apiVersion", type.storedApiVersion());
        if (context.dryRun()) {
            if (store.get(type.key(), Json.namespace(object), Json.name(object)).isPresent()) {
                throw ApiException.alreadyExists(type.group(), type.plural(), Json.name(object));
            }
            return new Outcome(201, object, warnings);
        }
        StoredObject stored = store.create(type.key(), object)
                .orElseThrow(() -> ApiException.alreadyExists(type.group(), type.plural(), Json.name(object)));
        return new Outcome(201, stored.json(), warnings);
    }

    /** Changes an object; a change that changes nothing writes nothing. Throws 404 when it does not exist. */
    Outcome update(Context context, String namespace, String name, boolean ownsByChange, Change change) {
        ResourceType type = context.type();
        while (true) {
            StoredObject live = store.get(type.key(), namespace, name)
                    .orElseThrow(() -> ApiException.notFound(type.group(), type.plural(), name));
            ObjectNode next = change.next(live.copy());
            List<String> warnings = prepareNext(context, live, next, ownsByChange);
            if (next.equals(live.json()) || context.dryRun()) {
                return new Outcome(200, context.dryRun() ? next : live.json(), warnings);
            }
            Optional<StoredObject> stored = commit(live, next);
            if (stored.isPresent()) {
                return new Outcome(200, stored.get().json(), warnings);
            }
        }
    }

    private Optional<StoredObject> commit(StoredObject live, ObjectNode next) {
        boolean lastFinalizerGone =
                live.isTerminating() && Json.in(next, "metadata", "finalizers").isEmpty() && !holdsContent(next);
        return lastFinalizerGone ? store.delete(live) : store.replace(live, next);
    }

    /** Namespaces wait for their own kind of finalizer, pods for their grace period. */
    private static boolean holdsContent(ObjectNode object) {
        return !Json.in(object, "spec", "finalizers").isEmpty()
                || Json.at(object, "kind").equals("Pod")
                        && object.at("/metadata/deletionGracePeriodSeconds").asLong(0) > 0;
    }

    private List<String> prepareNext(Context context, StoredObject live, ObjectNode next, boolean ownsByChange) {
        ResourceType type = context.type();
        checkIdentity(type, live, next, context.patched());
        system.onUpdate(live.json(), next);
        List<String> warnings = ObjectRules.prune(type, next, context.strictness(), context.patched());
        keepOtherHalf(context, live, next);
        ObjectRules.fillDefaults(type, next);
        admission.onUpdate(type, live.json(), next);
        system.countGeneration(type, live.json(), next);
        next.put("apiVersion", type.storedApiVersion());
        Json.metadata(next).put("resourceVersion", Long.toString(live.revision()));
        if (ownsByChange) {
            ownership(context).recordUpdate(live.json(), next, context.manager(), system.now(), ignored(context));
        }
        ObjectRules.validate(type, next, Optional.of(live.json()));
        admission.judge(context.attributes(Operation.UPDATE, next), next, live.json());
        return warnings;
    }

    private static void checkIdentity(ResourceType type, StoredObject live, ObjectNode next, boolean patched) {
        checkUid(type, live, Json.at(next, "metadata", "uid"), patched);
        String version = Json.at(next, "metadata", "resourceVersion");
        if (version.isEmpty() && type.custom()) {
            FieldError missing = FieldError.ofReason(
                    "metadata.resourceVersion",
                    "FieldValueInvalid",
                    "Invalid value: 0: must be specified for an update");
            throw ApiException.invalid(type.group(), type.plural(), live.name(), List.of(missing));
        }
        if (!version.isEmpty() && !version.equals(Long.toString(live.revision()))) {
            throw ApiException.modified(type.group(), type.plural(), live.name());
        }
        if (!Json.name(next).equals(live.name())) {
            FieldError renamed =
                    FieldError.invalid("metadata.name", TextNode.valueOf(Json.name(next)), "field is immutable");
            throw ApiException.invalid(type.group(), type.kind(), live.name(), List.of(renamed));
        }
        Json.metadata(next);
        if (type.namespaced()) {
            Json.metadata(next).put("namespace", live.namespace());
        }
    }

    /** An update names the object it means by its uid; a patch that names another one tries to change it. */
    private static void checkUid(ResourceType type, StoredObject live, String uid, boolean patched) {
        if (uid.isEmpty() || uid.equals(live.uid())) {
            return;
        }
        if (patched) {
            FieldError changed = FieldError.invalid("metadata.uid", TextNode.valueOf(uid), "field is immutable");
            throw ApiException.invalid(type.group(), type.kind(), live.name(), List.of(changed));
        }
        throw ApiException.conflict(
                type.group(),
                type.plural(),
                live.name(),
                "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + live.uid());
    }

    /** The status endpoint writes the status only, the other one everything else. */
    private static void keepOtherHalf(Context context, StoredObject live, ObjectNode next) {
        if (context.isStatus()) {
            JsonNode status = next.get("status");
            JsonNode metadata = next.get("metadata");
            next.removeAll();
            next.setAll(live.copy());
            take(next, "status", status);
            if (context.type().custom()) {
                take(Json.metadata(next), "managedFields", metadata.get("managedFields"));
            } else {
                next.set("metadata", metadata);
            }
        } else if (context.type().hasStatus()) {
            take(next, "status", live.json().get("status"));
        }
    }

    private static void take(ObjectNode object, String field, JsonNode value) {
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value);
        }
    }

    static FieldOwnership ownership(Context context) {
        return new FieldOwnership(context.type().schema(), context.type().apiVersion(), context.subresource());
    }

    /** The top-level fields that this endpoint does not write, and so does not own. */
    static List<String> ignored(Context context) {
        if (context.isStatus()) {
            return context.type().custom() ? List.of("spec", "metadata") : List.of("spec");
        }
        return context.type().hasStatus() ? List.of("status") : List.of();
    }

    /** Built-in kinds always have certain parts in memory, so nobody owns those as such. */
    private static ObjectNode skeleton(ResourceType type, ObjectNode object) {
        ObjectNode empty = type.custom() ? Json.object() : parts(object);
        Json.child(empty, "metadata");
        return empty;
    }

    private static ObjectNode parts(ObjectNode object) {
        ObjectNode empty = Json.object();
        object.properties().forEach(e -> {
            if (STRUCTS.contains(e.getKey()) && e.getValue() instanceof ObjectNode part) {
                empty.set(e.getKey(), parts(part));
            }
        });
        return empty;
    }
}
