package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.List;
import java.util.Locale;

/** Completes and checks CustomResourceDefinitions: names, the status of a CRD that is served, the clean-up finalizer. */
final class CrdLifecycle {
    /** Keeps a CRD until its objects are gone. */
    static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    private final KindRegistry kinds;
    private final SystemFields system;

    CrdLifecycle(KindRegistry kinds, SystemFields system) {
        this.kinds = kinds;
        this.system = system;
    }

    void onCreate(ObjectNode crd) {
        completeNames(crd);
        check(crd);
        Json.metadata(crd).withArray("finalizers").add(FINALIZER);
        ObjectNode status = crd.putObject("status");
        status.set("acceptedNames", crd.at("/spec/names").deepCopy());
        condition(status, "NamesAccepted", "NoConflicts", "no conflicts found");
        condition(status, "Established", "InitialNamesAccepted", "the initial names have been accepted");
        storedVersions(crd, status);
    }

    void onUpdate(ObjectNode crd) {
        completeNames(crd);
        check(crd);
        ObjectNode status = Json.child(crd, "status");
        status.set("acceptedNames", crd.at("/spec/names").deepCopy());
        storedVersions(crd, status);
    }

    private void check(ObjectNode crd) {
        String expected = crd.at("/spec/names/plural").asText() + "."
                + crd.at("/spec/group").asText();
        if (!Json.name(crd).equals(expected)) {
            FieldError wrong = FieldError.invalid(
                    "metadata.name", TextNode.valueOf(Json.name(crd)), "must be spec.names.plural+\".\"+spec.group");
            throw ApiException.invalid(
                    "apiextensions.k8s.io", "CustomResourceDefinition", Json.name(crd), List.of(wrong));
        }
        List<FieldError> problems = kinds.read(crd).stream()
                .flatMap(t -> t.rules().problems().stream())
                .toList();
        if (!problems.isEmpty()) {
            throw ApiException.invalid("apiextensions.k8s.io", "CustomResourceDefinition", Json.name(crd), problems);
        }
    }

    private static void completeNames(ObjectNode crd) {
        ObjectNode spec = Json.child(crd, "spec");
        ObjectNode names = Json.child(spec, "names");
        String kind = names.path("kind").asText();
        BuiltinDefaults.absent(names, "singular", kind.toLowerCase(Locale.ROOT));
        BuiltinDefaults.absent(names, "listKind", kind + "List");
        if (!spec.has("conversion")) {
            spec.putObject("conversion").put("strategy", "None");
        }
    }

    private void condition(ObjectNode status, String type, String reason, String message) {
        status.withArray("conditions")
                .addObject()
                .put("lastTransitionTime", system.now())
                .put("message", message)
                .put("reason", reason)
                .put("status", "True")
                .put("type", type);
    }

    private static void storedVersions(ObjectNode crd, ObjectNode status) {
        ArrayNode stored = status.withArray("storedVersions");
        crd.at("/spec/versions").forEach(v -> {
            boolean known = false;
            for (var s : stored) {
                known |= s.equals(v.path("name"));
            }
            if (v.path("storage").asBoolean(false) && !known) {
                stored.add(v.path("name"));
            }
        });
    }
}
