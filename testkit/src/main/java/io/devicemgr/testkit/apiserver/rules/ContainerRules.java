package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Containers of a pod. */
final class ContainerRules {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_PORT_NAME = 15;

    private final Findings findings;
    private final Set<String> volumes;

    ContainerRules(Findings findings, Set<String> volumes) {
        this.findings = findings;
        this.volumes = volumes;
    }

    void check(JsonNode container, String path) {
        if (findings.present(path + ".name", container.path("name"))) {
            String name = container.path("name").asText();
            findings.invalid(path + ".name", name, NameSyntax.label(name));
        }
        findings.present(path + ".image", container.path("image"));
        findings.oneOf(
                path + ".terminationMessagePolicy",
                container.path("terminationMessagePolicy"),
                "File",
                "FallbackToLogsOnError");
        ports(container.path("ports"), path + ".ports");
        each(container.path("env"), path + ".env", (item, here) -> EnvironmentRules.variable(findings, item, here));
        each(
                container.path("envFrom"),
                path + ".envFrom",
                (item, here) -> EnvironmentRules.source(findings, item, path + ".envFrom", here));
        mounts(container, path + ".volumeMounts");
        findings.oneOf(path + ".imagePullPolicy", container.path("imagePullPolicy"), "Always", "IfNotPresent", "Never");
        new ResourceRules(findings, container.path("resources"), path + ".resources").check();
        SecurityRules.check(findings, container.path("securityContext"), path + ".securityContext");
    }

    /** What init containers must not have, unless they go on running beside the others. */
    void checkInit(JsonNode container, String path) {
        findings.oneOf(path + ".restartPolicy", container.path("restartPolicy"), "Always", "Never", "OnFailure");
        if (!container.path("restartPolicy").asText().equals("Always")) {
            for (String field : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
                if (container.hasNonNull(field)) {
                    findings.forbidden(
                            path + "." + field, "may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    private void ports(JsonNode ports, String path) {
        Set<String> names = new HashSet<>();
        each(ports, path, (port, here) -> {
            String name = port.path("name").asText();
            if (!name.isEmpty()) {
                List<String> wrong = portName(name);
                findings.invalid(here + ".name", name, wrong);
                if (wrong.isEmpty() && !names.add(name)) {
                    findings.duplicate(here + ".name", name);
                }
            }
            if (port.path("containerPort").asInt() == 0) {
                findings.required(here + ".containerPort", "");
            }
            portNumber(here + ".containerPort", port.path("containerPort"));
            portNumber(here + ".hostPort", port.path("hostPort"));
            findings.oneOf(here + ".protocol", port.path("protocol"), "SCTP", "TCP", "UDP");
        });
    }

    private void portNumber(String field, JsonNode port) {
        if (port.asInt() < 0 || port.asInt() > MAX_PORT) {
            findings.invalid(field, port, "must be between 1 and " + MAX_PORT + ", inclusive");
        }
    }

    private static List<String> portName(String name) {
        if (name.length() > MAX_PORT_NAME) {
            return List.of("must be no more than " + MAX_PORT_NAME + " characters");
        }
        if (!name.matches("[-a-z0-9]+")) {
            return List.of("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (!name.matches(".*[a-z].*")) {
            return List.of("must contain at least one letter (a-z)");
        }
        if (name.contains("--")) {
            return List.of("must not contain consecutive hyphens");
        }
        return name.startsWith("-") || name.endsWith("-") ? List.of("must not begin or end with a hyphen") : List.of();
    }

    private void mounts(JsonNode container, String list) {
        Set<String> paths = new HashSet<>();
        boolean privileged = container.at("/securityContext/privileged").asBoolean();
        each(container.path("volumeMounts"), list, (mount, here) -> {
            String name = mount.path("name").asText();
            findings.present(here + ".name", mount.path("name"));
            if (!volumes.contains(name)) {
                findings.notFound(here + ".name", name);
            }
            findings.present(here + ".mountPath", mount.path("mountPath"));
            if (!paths.add(mount.path("mountPath").asText())) {
                findings.invalid(here + ".mountPath", mount.path("mountPath").asText(), "must be unique");
            }
            subPaths(mount, list, here);
            String propagation = mount.path("mountPropagation").asText();
            findings.oneOf(
                    list + ".mountPropagation",
                    mount.path("mountPropagation"),
                    "Bidirectional",
                    "HostToContainer",
                    "None");
            if (propagation.equals("Bidirectional") && !privileged) {
                findings.forbidden(
                        list + ".mountPropagation",
                        "Bidirectional mount propagation is available only to privileged containers");
            }
            recursive(mount, propagation, list + ".recursiveReadOnly");
        });
    }

    private void subPaths(JsonNode mount, String list, String here) {
        String sub = mount.path("subPath").asText();
        String expression = mount.path("subPathExpr").asText();
        findings.descending(list + ".subPath", sub);
        if (!expression.isEmpty()) {
            if (!sub.isEmpty()) {
                findings.invalid(here + ".subPathExpr", expression, "subPathExpr and subPath are mutually exclusive");
            }
            findings.descending(list + ".subPathExpr", expression);
        }
    }

    private void recursive(JsonNode mount, String propagation, String field) {
        JsonNode recursive = mount.path("recursiveReadOnly");
        findings.oneOf(field, recursive, "Disabled", "Enabled", "IfPossible");
        if (recursive.asText().equals("Enabled") || recursive.asText().equals("IfPossible")) {
            if (!mount.path("readOnly").asBoolean()) {
                findings.forbidden(field, "may only be specified when readOnly is true");
            }
            if (!propagation.isEmpty() && !propagation.equals("None")) {
                findings.forbidden(field, "may only be specified when mountPropagation is None or not specified");
            }
        }
    }

    /** Looks at an item of a list under the item's path. */
    interface ItemCheck {
        void check(JsonNode item, String path);
    }

    static void each(JsonNode list, String path, ItemCheck check) {
        for (int i = 0; i < list.size(); i++) {
            check.check(list.get(i), path + "[" + i + "]");
        }
    }
}
