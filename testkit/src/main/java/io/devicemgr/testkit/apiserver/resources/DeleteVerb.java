package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.AdmissionPolicies;
import io.devicemgr.testkit.apiserver.policy.Attributes.Operation;
import io.devicemgr.testkit.apiserver.resources.ObjectWriter.Context;
import io.devicemgr.testkit.apiserver.store.Selector;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.util.List;
import java.util.Optional;

/** DELETE: at once, or after finalizers, dependents, content or a grace period. */
final class DeleteVerb {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    private final Store store;
    private final SystemFields system;
    private final AdmissionPolicies policies;
    private final boolean gracefulPods;

    DeleteVerb(Store store, SystemFields system, AdmissionPolicies policies, boolean gracefulPods) {
        this.store = store;
        this.system = system;
        this.policies = policies;
        this.gracefulPods = gracefulPods;
    }

    Outcome delete(ApiRequest request) {
        JsonNode options = Bodies.options(request);
        store.get(request.type().key(), request.namespace(), request.name()).ifPresent(live -> judge(request, live));
        return delete(
                request.type(),
                request.namespace(),
                request.name(),
                options,
                policy(request, options),
                request.dryRun());
    }

    Outcome deleteCollection(ApiRequest request) {
        JsonNode options = Bodies.options(request);
        ResourceType type = request.type();
        Selector selector = Selectors.of(type, request.parameter("labelSelector"), request.parameter("fieldSelector"));
        ObjectNode list = Json.object();
        list.put("kind", type.listKind()).put("apiVersion", type.apiVersion());
        list.putObject("metadata").put("resourceVersion", Long.toString(store.revision()));
        ArrayNode items = list.putArray("items");
        for (StoredObject o : store.list(type.key(), request.namespace()).objects()) {
            if (selector.matches(o.json())) {
                judge(request, o);
                deleteIfThere(type, o, options, policy(request, options), request.dryRun());
                items.add(o.json());
            }
        }
        return new Outcome(200, list, List.of());
    }

    private void judge(ApiRequest request, StoredObject live) {
        policies.admit(Context.of(request).attributes(Operation.DELETE, live.json()), null, live.json());
    }

    private void deleteIfThere(ResourceType type, StoredObject o, JsonNode options, String policy, boolean dryRun) {
        try {
            delete(type, o.namespace(), o.name(), options, policy, dryRun);
        } catch (ApiException e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    /** Deletes an object; throws 404 when there is none and 409 when a precondition fails. */
    Outcome delete(ResourceType type, String namespace, String name, JsonNode options, String policy, boolean dryRun) {
        while (true) {
            StoredObject live = store.get(type.key(), namespace, name)
                    .orElseThrow(() -> ApiException.notFound(type.group(), type.plural(), name));
            checkPreconditions(type, live, options.path("preconditions"));
            ObjectNode next = marked(type, live, options, policy);
            boolean gone = isFinal(type, next);
            if (dryRun) {
                return answer(type, live, gone);
            }
            Optional<StoredObject> done = gone ? store.delete(live) : keep(live, next);
            if (done.isPresent()) {
                return answer(type, done.get(), gone);
            }
        }
    }

    private Optional<StoredObject> keep(StoredObject live, ObjectNode next) {
        return next.equals(live.json()) ? Optional.of(live) : store.replace(live, next);
    }

    private ObjectNode marked(ResourceType type, StoredObject live, JsonNode options, String policy) {
        ObjectNode next = live.copy();
        finalizer(next, FOREGROUND, policy.equals("Foreground"));
        finalizer(next, ORPHAN, policy.equals("Orphan"));
        long grace = grace(type, live, options);
        boolean shorter = live.isTerminating()
                && grace
                        < live.json().at("/metadata/deletionGracePeriodSeconds").asLong(0);
        if (!live.isTerminating() || shorter) {
            system.markDeleted(next, grace);
        }
        if (type.plural().equals("namespaces") && type.group().isEmpty()) {
            Json.child(next, "status").put("phase", "Terminating");
        }
        return next;
    }

    private static boolean isFinal(ResourceType type, ObjectNode next) {
        boolean waits = next.at("/metadata/deletionGracePeriodSeconds").asLong(0) > 0;
        boolean holdsContent = type.plural().equals("namespaces")
                && type.group().isEmpty()
                && !next.at("/spec/finalizers").isEmpty();
        return next.at("/metadata/finalizers").isEmpty() && !waits && !holdsContent;
    }

    private long grace(ResourceType type, StoredObject live, JsonNode options) {
        boolean scheduled = !Json.at(live.json(), "spec", "nodeName").isEmpty();
        if (!gracefulPods || !type.plural().equals("pods") || !scheduled) {
            return 0;
        }
        long byDefault = live.json().at("/spec/terminationGracePeriodSeconds").asLong(30);
        return options.path("gracePeriodSeconds").asLong(byDefault);
    }

    private static void finalizer(ObjectNode object, String name, boolean wanted) {
        ArrayNode finalizers = Json.metadata(object).withArray("finalizers");
        int at = -1;
        for (int i = 0; i < finalizers.size(); i++) {
            at = finalizers.get(i).asText().equals(name) ? i : at;
        }
        if (wanted && at < 0) {
            finalizers.add(name);
        } else if (!wanted && at >= 0) {
            finalizers.remove(at);
        }
        if (finalizers.isEmpty()) {
            Json.metadata(object).remove("finalizers");
        }
    }

    private static String policy(ApiRequest request, JsonNode options) {
        String asked = Json.at(options, "propagationPolicy");
        if (asked.isEmpty() && options.has("orphanDependents")) {
            asked = options.path("orphanDependents").asBoolean() ? "Orphan" : "Background";
        }
        return asked.isEmpty() ? request.parameter("propagationPolicy") : asked;
    }

    private static void checkPreconditions(ResourceType type, StoredObject live, JsonNode wanted) {
        String uid = Json.at(wanted, "uid");
        if (!uid.isEmpty() && !uid.equals(live.uid())) {
            throw unmet(type, live, "UID", uid, live.uid(), "deleted and then recreated");
        }
        String version = Json.at(wanted, "resourceVersion");
        String present = Long.toString(live.revision());
        if (!version.isEmpty() && !version.equals(present)) {
            throw unmet(type, live, "ResourceVersion", version, present, "modified");
        }
    }

    private static ApiException unmet(
            ResourceType type, StoredObject live, String what, String wanted, String present, String why) {
        return ApiException.conflict(
                type.group(),
                type.kind(),
                live.name(),
                "the " + what + " in the precondition (" + wanted + ") does not match the " + what + " in record ("
                        + present + "). The object might have been " + why);
    }

    /** Pods and objects that wait come back themselves; what is gone is told with a Status. */
    private static Outcome answer(ResourceType type, StoredObject last, boolean gone) {
        if (!gone || type.plural().equals("pods")) {
            return new Outcome(200, last.json(), List.of());
        }
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success");
        ObjectNode details = status.putObject("details").put("name", last.name());
        if (!type.group().isEmpty()) {
            details.put("group", type.group());
        }
        details.put("kind", type.plural()).put("uid", last.uid());
        return new Outcome(200, status, List.of());
    }
}
