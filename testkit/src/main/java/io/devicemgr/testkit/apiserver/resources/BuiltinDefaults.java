package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The defaults of built-in kinds that are code in Kubernetes, as far as a cluster of devices meets them. */
final class BuiltinDefaults {
    private BuiltinDefaults() {}

    static void apply(ResourceType type, ObjectNode object) {
        switch (type.plural()) {
            case "pods" -> pod(object);
            case "namespaces" -> namespace(object);
            case "daemonsets" -> daemonSet(Json.child(object, "spec"));
            case "deployments" -> deployment(Json.child(object, "spec"));
            case "services" -> service(Json.child(object, "spec"));
            case "secrets" -> secret(object);
            case "nodes" -> Json.child(object, "spec");
            case "rolebindings", "clusterrolebindings" -> roleRef(object);
            default -> {}
        }
    }

    private static void pod(ObjectNode pod) {
        ObjectNode spec = Json.child(pod, "spec");
        podSpec(spec);
        absent(spec, "enableServiceLinks", true);
        absent(spec, "serviceAccountName", "default");
        absent(spec, "serviceAccount", spec.path("serviceAccountName").asText());
        absent(spec, "preemptionPolicy", "PreemptLowerPriority");
        absent(spec, "priority", 0);
        absent(Json.child(pod, "status"), "phase", "Pending");
        absent(Json.child(pod, "status"), "qosClass", "BestEffort");
    }

    private static void namespace(ObjectNode object) {
        absent(Json.child(object, "status"), "phase", "Active");
        Json.child(Json.metadata(object), "labels").put("kubernetes.io/metadata.name", Json.name(object));
    }

    private static void daemonSet(ObjectNode spec) {
        absent(spec, "revisionHistoryLimit", 10);
        ObjectNode strategy = Json.child(spec, "updateStrategy");
        absent(strategy, "type", "RollingUpdate");
        if (Json.at(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            absent(rolling, "maxUnavailable", 1);
            absent(rolling, "maxSurge", 0);
        }
        podSpec(Json.child(Json.child(spec, "template"), "spec"));
    }

    private static void deployment(ObjectNode spec) {
        absent(spec, "replicas", 1);
        absent(spec, "revisionHistoryLimit", 10);
        absent(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = Json.child(spec, "strategy");
        absent(strategy, "type", "RollingUpdate");
        if (Json.at(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            absent(rolling, "maxUnavailable", "25%");
            absent(rolling, "maxSurge", "25%");
        }
        podSpec(Json.child(Json.child(spec, "template"), "spec"));
    }

    private static void service(ObjectNode spec) {
        absent(spec, "type", "ClusterIP");
        absent(spec, "sessionAffinity", "None");
        absent(spec, "internalTrafficPolicy", "Cluster");
        for (JsonNode port : spec.path("ports")) {
            absent((ObjectNode) port, "protocol", "TCP");
            if (!port.has("targetPort")) {
                ((ObjectNode) port).set("targetPort", port.path("port"));
            }
        }
    }

    /** stringData is for writing only; it ends up in data. */
    private static void secret(ObjectNode secret) {
        absent(secret, "type", "Opaque");
        if (secret.remove("stringData") instanceof ObjectNode plain) {
            ObjectNode data = Json.child(secret, "data");
            plain.properties()
                    .forEach(e -> data.put(e.getKey(), e.getValue().asText().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static void roleRef(ObjectNode binding) {
        absent(Json.child(binding, "roleRef"), "apiGroup", "rbac.authorization.k8s.io");
    }

    private static void podSpec(ObjectNode spec) {
        absent(spec, "restartPolicy", "Always");
        absent(spec, "dnsPolicy", "ClusterFirst");
        absent(spec, "schedulerName", "default-scheduler");
        absent(spec, "terminationGracePeriodSeconds", 30);
        Json.child(spec, "securityContext");
        if (spec.hasNonNull("serviceAccountName")) {
            absent(spec, "serviceAccount", spec.path("serviceAccountName").asText());
        }
        for (String list : List.of("initContainers", "containers")) {
            spec.path(list).forEach(c -> container((ObjectNode) c));
        }
        spec.path("volumes").forEach(v -> volume((ObjectNode) v));
    }

    private static void container(ObjectNode container) {
        String image = Json.at(container, "image");
        boolean latest = image.endsWith(":latest")
                || !image.substring(image.lastIndexOf('/') + 1).contains(":");
        absent(container, "imagePullPolicy", latest && !image.contains("@") ? "Always" : "IfNotPresent");
        absent(container, "terminationMessagePath", "/dev/termination-log");
        absent(container, "terminationMessagePolicy", "File");
        Json.child(container, "resources");
        for (JsonNode env : container.path("env")) {
            if (env.at("/valueFrom/fieldRef") instanceof ObjectNode ref) {
                absent(ref, "apiVersion", "v1");
            }
        }
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.get(probe) instanceof ObjectNode p) {
                probe(p);
            }
        }
    }

    private static void probe(ObjectNode probe) {
        absent(probe, "timeoutSeconds", 1);
        absent(probe, "periodSeconds", 10);
        absent(probe, "successThreshold", 1);
        absent(probe, "failureThreshold", 3);
        if (probe.get("httpGet") instanceof ObjectNode http) {
            absent(http, "scheme", "HTTP");
            absent(http, "path", "/");
        }
    }

    private static void volume(ObjectNode volume) {
        if (volume.get("hostPath") instanceof ObjectNode path) {
            absent(path, "type", "");
        }
        for (String kind : List.of("configMap", "secret", "projected", "downwardAPI")) {
            if (volume.get(kind) instanceof ObjectNode source) {
                absent(source, "defaultMode", 420);
            }
        }
        for (JsonNode source : volume.at("/projected/sources")) {
            if (source.get("serviceAccountToken") instanceof ObjectNode token) {
                absent(token, "expirationSeconds", 3600);
            }
        }
    }

    static void absent(ObjectNode object, String field, String value) {
        if (!object.hasNonNull(field)) {
            object.put(field, value);
        }
    }

    private static void absent(ObjectNode object, String field, int value) {
        if (!object.hasNonNull(field)) {
            object.put(field, value);
        }
    }

    private static void absent(ObjectNode object, String field, boolean value) {
        if (!object.hasNonNull(field)) {
            object.put(field, value);
        }
    }
}
