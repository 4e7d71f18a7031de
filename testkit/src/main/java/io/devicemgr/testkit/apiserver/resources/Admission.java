package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.AdmissionPolicies;
import io.devicemgr.testkit.apiserver.policy.Attributes;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.util.Optional;

/** What a cluster decides about an object beyond its schema: its namespace must live, a CRD must be servable, policies must agree. */
final class Admission {
    static final GroupResource NAMESPACES = new GroupResource("", "namespaces");

    private final Store store;
    private final CrdLifecycle crds;
    private final AdmissionPolicies policies;

    Admission(Store store, CrdLifecycle crds, AdmissionPolicies policies) {
        this.store = store;
        this.crds = crds;
        this.policies = policies;
    }

    void onCreate(ResourceType type, ObjectNode object) {
        if (type.namespaced()) {
            requireLiveNamespace(type, object);
        }
        if (type.plural().equals("namespaces") && type.group().isEmpty()) {
            Json.child(object, "spec").putArray("finalizers").add("kubernetes");
        }
        if (type.key().equals(KindRegistry.CRDS)) {
            crds.onCreate(object);
        }
    }

    void onUpdate(ResourceType type, ObjectNode live, ObjectNode next) {
        if (type.key().equals(KindRegistry.CRDS) && !live.path("spec").equals(next.path("spec"))) {
            crds.onUpdate(next);
        }
    }

    /** What is said to an object that is as it is going to be stored. */
    void judge(Attributes request, ObjectNode object, ObjectNode old) {
        policies.admit(request, object, old);
    }

    private void requireLiveNamespace(ResourceType type, ObjectNode object) {
        String namespace = Json.namespace(object);
        Optional<StoredObject> home = store.get(NAMESPACES, "", namespace);
        if (home.isEmpty()) {
            throw ApiException.notFound("", "namespaces", namespace);
        }
        if (home.get().isTerminating()) {
            throw ApiException.forbidden(
                    type.group(),
                    type.plural(),
                    Json.name(object),
                    "unable to create new content in namespace " + namespace + " because it is being terminated");
        }
    }
}
