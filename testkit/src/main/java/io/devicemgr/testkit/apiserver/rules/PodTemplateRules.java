package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The pod template of a workload, in the fields that a device agent's DaemonSet can carry. */
public final class PodTemplateRules {
    private static final int MAX_ANNOTATIONS = 256 * 1024;

    private final Findings findings = new Findings();

    private PodTemplateRules() {}

    /**
     * The violations of a template.
     *
     * @param path where it is in its object
     */
    public static List<FieldError> violations(JsonNode template, String path) {
        PodTemplateRules rules = new PodTemplateRules();
        labels(rules.findings, template.at("/metadata/labels"), path + ".labels");
        annotations(rules.findings, template.at("/metadata/annotations"), path + ".annotations");
        rules.spec(template.path("spec"), path + ".spec");
        return rules.findings.all();
    }

    /** The violations of the annotations of any object. */
    public static List<FieldError> annotations(JsonNode annotations, String path) {
        Findings findings = new Findings();
        annotations(findings, annotations, path);
        return findings.all();
    }

    private static void labels(Findings findings, JsonNode labels, String path) {
        labels.properties().forEach(e -> {
            findings.invalid(path, e.getKey(), NameSyntax.qualified(e.getKey()));
            findings.invalid(
                    path,
                    e.getValue().asText(),
                    NameSyntax.labelValue(e.getValue().asText()));
        });
    }

    private static void annotations(Findings findings, JsonNode annotations, String path) {
        long size = 0;
        for (var entry : annotations.properties()) {
            findings.invalid(path, entry.getKey(), NameSyntax.annotation(entry.getKey()));
            size += NameSyntax.bytes(entry.getKey())
                    + NameSyntax.bytes(entry.getValue().asText());
        }
        if (size > MAX_ANNOTATIONS) {
            findings.tooLong(path, MAX_ANNOTATIONS);
        }
    }

    private void spec(JsonNode spec, String path) {
        VolumeRules volumes = new VolumeRules(findings);
        ContainerRules.each(spec.path("volumes"), path + ".volumes", volumes::check);
        ContainerRules containers = new ContainerRules(findings, volumes.names());
        Set<String> names = new HashSet<>();
        ContainerRules.each(spec.path("containers"), path + ".containers", (container, here) -> {
            containers.check(container, here);
            unique(names, container, here);
        });
        ContainerRules.each(spec.path("initContainers"), path + ".initContainers", (container, here) -> {
            containers.check(container, here);
            containers.checkInit(container, here);
            unique(names, container, here);
        });
        labels(findings, spec.path("nodeSelector"), path + ".nodeSelector");
        name(spec.path("serviceAccountName"), path + ".serviceAccountName");
        ContainerRules.each(
                spec.path("tolerations"),
                path + ".tolerations",
                (toleration, here) -> TolerationRules.check(findings, toleration, here));
        name(spec.path("priorityClassName"), path + ".priorityClassName");
    }

    private void unique(Set<String> names, JsonNode container, String path) {
        String name = container.path("name").asText();
        if (!name.isEmpty() && !names.add(name)) {
            findings.duplicate(path + ".name", name);
        }
    }

    private void name(JsonNode name, String path) {
        if (!name.asText().isEmpty()) {
            findings.invalid(path, name.asText(), NameSyntax.subdomain(name.asText()));
        }
    }
}
