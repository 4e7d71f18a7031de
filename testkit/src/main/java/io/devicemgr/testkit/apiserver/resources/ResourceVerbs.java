package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.AdmissionPolicies;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.ObjectWriter.Context;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;

/** All verbs on resources but watch. */
public final class ResourceVerbs {
    private static final User SERVER = User.of("system:apiserver", "system:masters");

    private final Store store;
    private final KindRegistry kinds;
    private final ObjectWriter writer;
    private final PatchVerb patch;
    private final DeleteVerb delete;

    /**
     * @param gracefulPods pods on a node wait for their grace period until somebody deletes them with grace 0
     */
    public ResourceVerbs(
            Store store, KindRegistry kinds, AdmissionPolicies policies, Clock clock, boolean gracefulPods) {
        SystemFields system = new SystemFields(clock);
        this.store = store;
        this.kinds = kinds;
        writer = new ObjectWriter(store, system, new Admission(store, new CrdLifecycle(kinds, system), policies));
        patch = new PatchVerb(store, writer, system);
        delete = new DeleteVerb(store, system, policies, gracefulPods);
    }

    public StoredObject get(ApiRequest request) {
        return store.get(request.type().key(), request.namespace(), request.name())
                .orElseThrow(() -> ApiException.notFound(
                        request.type().group(), request.type().plural(), request.name()));
    }

    public Listing list(ApiRequest request) {
        return Listing.read(store, request);
    }

    /** CREATE, UPDATE, PATCH, DELETE and DELETECOLLECTION. */
    public Outcome write(ApiRequest request) {
        return switch (request.verb()) {
            case CREATE -> create(request);
            case UPDATE -> update(request);
            case PATCH -> patch.patch(request);
            case DELETE -> delete.delete(request);
            case DELETECOLLECTION -> delete.deleteCollection(request);
            default -> throw ApiException.methodNotAllowed();
        };
    }

    private Outcome create(ApiRequest request) {
        if (request.type().plural().equals("pods") && request.subresource().equals("eviction")) {
            return evict(request);
        }
        if (!request.subresource().isEmpty()) {
            throw ApiException.noSuchPath();
        }
        return writer.create(Context.of(request), request.namespace(), Bodies.object(request));
    }

    /** Changes an object by a function of its newest version; throws 404 when it does not exist. */
    public ObjectNode change(ApiRequest request, UnaryOperator<ObjectNode> change) {
        return writer.update(Context.of(request), request.namespace(), request.name(), true, change::apply)
                .object();
    }

    private Outcome evict(ApiRequest request) {
        delete.delete(request.type(), request.namespace(), request.name(), Json.object(), "", request.dryRun());
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return new Outcome(201, status.put("status", "Success").put("code", 201), List.of());
    }

    private Outcome update(ApiRequest request) {
        ObjectNode object = Bodies.object(request);
        if (request.subresource().equals("finalize")) {
            return writer.update(
                    Context.of(request), request.namespace(), request.name(), true, live -> finalized(live, object));
        }
        return writer.update(Context.of(request), request.namespace(), request.name(), true, live -> object.deepCopy());
    }

    private static ObjectNode finalized(ObjectNode live, ObjectNode sent) {
        Json.child(live, "spec").set("finalizers", sent.at("/spec/finalizers"));
        return live;
    }

    /** Deletes as the garbage collector does. */
    public void deleteInBackground(ResourceType type, String namespace, String name, String uid) {
        ObjectNode options = Json.object();
        options.putObject("preconditions").put("uid", uid);
        delete.delete(type, namespace, name, options, "Background", false);
    }

    /** Every namespace has one; does nothing when it is there already. */
    public void createDefaultServiceAccount(String namespace) {
        GroupResource accounts = new GroupResource("", "serviceaccounts");
        if (store.get(accounts, namespace, "default").isEmpty()) {
            ObjectNode account = Json.object().put("apiVersion", "v1").put("kind", "ServiceAccount");
            account.putObject("metadata").put("name", "default").put("namespace", namespace);
            createByServer(accounts, namespace, account);
        }
    }

    /** Creates an object on the server's own account, unless the name is taken. */
    public void createByServer(GroupResource resource, String namespace, ObjectNode object) {
        ResourceType type = kinds.find(resource).orElseThrow();
        try {
            writer.create(new Context(type, "", "kube-apiserver", false, false, "Ignore", SERVER), namespace, object);
        } catch (ApiException e) {
            if (e.code() != 409 && e.code() != 404 && e.code() != 403) {
                throw e;
            }
        }
    }
}
