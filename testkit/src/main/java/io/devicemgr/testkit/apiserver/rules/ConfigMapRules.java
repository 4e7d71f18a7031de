package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import java.util.List;

/** ConfigMaps: keys, size, and what may change of an immutable one. */
public final class ConfigMapRules {
    private static final int MAX_SIZE = 1024 * 1024;

    private ConfigMapRules() {}

    /**
     * The violations of a ConfigMap.
     *
     * @param old the object before, or null
     */
    public static List<FieldError> violations(JsonNode map, JsonNode old) {
        Findings findings = new Findings();
        if (old != null && old.path("immutable").asBoolean()) {
            if (!map.path("immutable").asBoolean()) {
                findings.forbidden("immutable", "field is immutable when `immutable` is set");
            }
            for (String field : List.of("data", "binaryData")) {
                if (!map.path(field).equals(old.path(field))) {
                    findings.forbidden(field, "field is immutable when `immutable` is set");
                }
            }
        }
        long size = 0;
        for (String field : List.of("data", "binaryData")) {
            for (var entry : map.path(field).properties()) {
                String key = entry.getKey();
                findings.invalid(field + "[" + key + "]", key, NameSyntax.dataKey(key));
                size += NameSyntax.bytes(entry.getValue().asText());
            }
        }
        if (size > MAX_SIZE) {
            findings.tooLong("", MAX_SIZE);
        }
        return findings.all();
    }
}
