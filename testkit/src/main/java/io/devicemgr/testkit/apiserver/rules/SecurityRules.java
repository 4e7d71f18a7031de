package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;

/** A container's security context. */
final class SecurityRules {
    private SecurityRules() {}

    static void check(Findings findings, JsonNode security, String path) {
        id(findings, path + ".runAsUser", security.path("runAsUser"));
        id(findings, path + ".runAsGroup", security.path("runAsGroup"));
        findings.oneOf(path + ".procMount", security.path("procMount"), "Default", "Unmasked");
        profile(findings, security.path("seccompProfile"), "seccomp", path + ".seccompProfile");
        if (security.path("allowPrivilegeEscalation").isBoolean()
                && !security.path("allowPrivilegeEscalation").asBoolean()) {
            if (security.path("privileged").asBoolean()) {
                findings.invalid(
                        path, security, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }
            security.at("/capabilities/add").forEach(capability -> {
                if (capability.asText().equals("CAP_SYS_ADMIN")) {
                    findings.invalid(
                            path,
                            security,
                            "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
                }
            });
        }
        profile(findings, security.path("appArmorProfile"), "AppArmor", path + ".appArmorProfile");
    }

    private static void id(Findings findings, String field, JsonNode id) {
        if (id.isNumber() && (id.asLong() < 0 || id.asLong() > Integer.MAX_VALUE)) {
            findings.invalid(field, id, "must be between 0 and " + Integer.MAX_VALUE + ", inclusive");
        }
    }

    private static void profile(Findings findings, JsonNode profile, String kind, String path) {
        if (!profile.isObject()) {
            return;
        }
        JsonNode local = profile.path("localhostProfile");
        findings.present(path + ".type", profile.path("type"));
        findings.oneOf(path + ".type", profile.path("type"), "Localhost", "RuntimeDefault", "Unconfined");
        if (!profile.path("type").asText().equals("Localhost")) {
            if (!local.isMissingNode()) {
                findings.invalid(
                        path + ".localhostProfile", local, "can only be set when " + kind + " type is Localhost");
            }
        } else if (local.asText().isBlank()) {
            findings.required(path + ".localhostProfile", "must be set when " + kind + " type is Localhost");
        } else if (kind.equals("seccomp")) {
            findings.descending(path + ".localhostProfile", local.asText());
        } else if (!local.asText().equals(local.asText().strip())) {
            findings.invalid(path + ".localhostProfile", local, "must not be padded with whitespace");
        }
    }
}
