package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Environment variables and where they come from; the references that downward API volumes have too. */
final class EnvironmentRules {
    private static final List<String> SOURCES =
            List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");
    private static final String[] IN_VARIABLES = {
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs"
    };
    /** Fields of files of a downward API volume. */
    static final String[] IN_FILES = {
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"
    };

    private static final Set<String> LABELS = Set.of(
            "metadata.annotations",
            "metadata.labels",
            "metadata.name",
            "metadata.namespace",
            "metadata.uid",
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.serviceAccountName",
            "spec.schedulerName",
            "status.phase",
            "status.hostIP",
            "status.hostIPs",
            "status.podIP",
            "status.podIPs");
    private static final String[] AMOUNTS = {
        "limits.cpu",
        "limits.ephemeral-storage",
        "limits.memory",
        "requests.cpu",
        "requests.ephemeral-storage",
        "requests.memory"
    };

    private EnvironmentRules() {}

    static void variable(Findings findings, JsonNode variable, String path) {
        if (findings.present(path + ".name", variable.path("name"))) {
            String name = variable.path("name").asText();
            findings.invalid(path + ".name", name, NameSyntax.variable(name));
        }
        JsonNode from = variable.path("valueFrom");
        if (!from.isObject()) {
            return;
        }
        String here = path + ".valueFrom";
        field(findings, from.path("fieldRef"), here + ".fieldRef", IN_VARIABLES);
        amount(findings, from.path("resourceFieldRef"), here + ".resourceFieldRef", false);
        key(findings, from.path("configMapKeyRef"), here + ".configMapKeyRef");
        key(findings, from.path("secretKeyRef"), here + ".secretKeyRef");
        long given = SOURCES.stream().filter(from::hasNonNull).count();
        if (given == 0) {
            findings.invalid(
                    here,
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        } else if (!variable.path("value").asText().isEmpty()) {
            findings.invalid(here, "", "may not be specified when `value` is not empty");
        } else if (given > 1) {
            findings.invalid(here, "", "may not have more than one field specified at a time");
        }
    }

    static void source(Findings findings, JsonNode source, String list, String path) {
        String prefix = source.path("prefix").asText();
        if (!prefix.isEmpty()) {
            findings.invalid(path + ".prefix", prefix, NameSyntax.variable(prefix));
        }
        int given = 0;
        for (String kind : List.of("configMapRef", "secretRef")) {
            if (source.hasNonNull(kind)) {
                given++;
                JsonNode name = source.path(kind).path("name");
                if (findings.present(path + "." + kind + ".name", name)) {
                    findings.invalid(path + "." + kind + ".name", name.asText(), NameSyntax.subdomain(name.asText()));
                }
            }
        }
        if (given == 0) {
            findings.invalid(list, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if (given > 1) {
            findings.invalid(list, "", "may not have more than one field specified at a time");
        }
    }

    private static void key(Findings findings, JsonNode ref, String path) {
        if (!ref.isObject()) {
            return;
        }
        String name = ref.path("name").asText();
        findings.invalid(path + ".name", name, NameSyntax.subdomain(name));
        if (findings.present(path + ".key", ref.path("key"))) {
            String key = ref.path("key").asText();
            findings.invalid(path + ".key", key, NameSyntax.dataKey(key));
        }
    }

    static void field(Findings findings, JsonNode ref, String path, String... allowed) {
        if (!ref.isObject() || !findings.present(path + ".fieldPath", ref.path("fieldPath"))) {
            return;
        }
        String field = ref.path("fieldPath").asText();
        String plain = field.replaceFirst("^(metadata\\.(labels|annotations))\\['[^']*'\\]$", "$1");
        if (!ref.path("apiVersion").asText("v1").equals("v1")) {
            findings.invalid(
                    path + ".fieldPath",
                    field,
                    "error converting fieldPath: unsupported pod version: "
                            + ref.path("apiVersion").asText());
        } else if (!LABELS.contains(plain)) {
            findings.invalid(
                    path + ".fieldPath", field, "error converting fieldPath: field label not supported: " + field);
        } else if (plain.equals(field) && !Arrays.asList(allowed).contains(field)) {
            findings.oneOf(path + ".fieldPath", ref.path("fieldPath"), allowed);
        }
    }

    static void amount(Findings findings, JsonNode ref, String path, boolean inFile) {
        if (!ref.isObject()) {
            return;
        }
        if (inFile && ref.path("containerName").asText().isEmpty()) {
            findings.required(path + ".containerName", "");
        } else if (findings.present(path + ".resource", ref.path("resource"))
                && !ref.path("resource").asText().matches("(limits|requests)\\.hugepages-.*")) {
            findings.oneOf(path + ".resource", ref.path("resource"), AMOUNTS);
        }
    }
}
