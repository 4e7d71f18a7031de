package io.devicemgr.testkit.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.AdmissionPolicy.Refusal;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The ValidatingAdmissionPolicies that are bound with the action Deny; Warn and Audit have no effect here. */
public final class AdmissionPolicies {
    private static final String GROUP = "admissionregistration.k8s.io";
    private static final GroupResource POLICIES = new GroupResource(GROUP, "validatingadmissionpolicies");
    private static final GroupResource BINDINGS = new GroupResource(GROUP, "validatingadmissionpolicybindings");

    private final Map<String, AdmissionPolicy> policies = new ConcurrentSkipListMap<>();
    private final Map<String, String> bindings = new ConcurrentSkipListMap<>();

    /** Follows the stored policies and bindings; runs inside the commit, so that a policy is in force when its creation is answered. */
    public void follow(WatchEvent event) {
        GroupResource resource = event.object().resource();
        String name = event.object().name();
        boolean deleted = event.type() == WatchEvent.Type.DELETED;
        if (resource.equals(POLICIES)) {
            if (deleted) {
                policies.remove(name);
            } else {
                policies.put(name, new AdmissionPolicy(event.object().json()));
            }
        } else if (resource.equals(BINDINGS)) {
            if (deleted || !denies(event.object().json())) {
                bindings.remove(name);
            } else {
                bindings.put(name, Json.at(event.object().json(), "spec", "policyName"));
            }
        }
    }

    private static boolean denies(JsonNode binding) {
        for (JsonNode action : binding.at("/spec/validationActions")) {
            if (action.asText().equals("Deny")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Throws what a policy says against a request.
     *
     * @param object null for a deletion
     * @param old null for a creation
     */
    public void admit(Attributes request, JsonNode object, JsonNode old) {
        if (request.group().equals(GROUP)) {
            checkPolicy(request, object);
            return;
        }
        bindings.forEach((binding, name) -> {
            AdmissionPolicy policy = policies.get(name);
            if (policy != null) {
                policy.objection(request, object, old).ifPresent(refusal -> refuse(request, name, binding, refusal));
            }
        });
    }

    /** Policies are not held to policies, but they must compile. */
    private static void checkPolicy(Attributes request, JsonNode object) {
        if (object != null && request.resource().equals(POLICIES.plural())) {
            List<FieldError> problems = new AdmissionPolicy(object).problems();
            if (!problems.isEmpty()) {
                throw ApiException.invalid(request.group(), request.kind(), request.name(), problems);
            }
        }
    }

    private static void refuse(Attributes request, String policy, String binding, Refusal refusal) {
        String said = "ValidatingAdmissionPolicy '" + policy + "' with binding '" + binding + "' denied request: "
                + refusal.message();
        ApiException forbidden = ApiException.forbidden(request.group(), request.resource(), request.name(), said);
        int code = Optional.ofNullable(Map.of("Forbidden", 403, "Unauthorized", 401, "RequestEntityTooLarge", 413)
                        .get(refusal.reason()))
                .orElse(422);
        throw ApiException.of(code, refusal.reason(), forbidden.getMessage());
    }
}
