package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;

/** The defaults of built-in kinds that are code in Kubernetes, as far as a cluster of devices meets them. */
final class BuiltinDefaults {
    private BuiltinDefaults() {}

    static void apply(ResourceType type, ObjectNode object) {
        switch (type.plural()) {
            case "pods" -> {
                podSpec(Json.child(object, "spec"));
                absent(Json.child(object, "status"), "phase", "Pending");
            }
            case "namespaces" -> namespace(object);
            default -> {}
        }
    }

    private static void namespace(ObjectNode object) {
        absent(Json.child(object, "status"), "phase", "Active");
        Json.child(Json.metadata(object), "labels").put("kubernetes.io/metadata.name", Json.name(object));
    }

    private static void podSpec(ObjectNode spec) {
        absent(spec, "restartPolicy", "Always");
    }

    static void absent(ObjectNode object, String field, String value) {
        if (!object.hasNonNull(field)) {
            object.put(field, value);
        }
    }
}
