package io.devicemgr.testkit.openshift;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The machine config operator's decoder: unknown keys are dropped, keys match in whatever case, wrong types and banned fields
 * are refused (docs/openshift.md 1.1 and 1.3). What is left becomes a complete file, from the defaults on.
 */
public final class KubeletConfigContent {
    private static final String FEATURE_GATES = "featuregates";
    private static final Map<String, JsonNode> DEFAULTS =
            Map.of("maxpods", Json.trusted("250"), "cpumanagerpolicy", Json.trusted("\"none\""));
    private static final List<String> TEXTS =
            List.of("cgroupDriver", "clusterDomain", "staticPodPath", "cpuManagerPolicy", "topologyManagerPolicy");
    private static final List<String> BANNED = List.of("cgroupDriver", "clusterDomain", "staticPodPath");

    private KubeletConfigContent() {}

    /**
     * The kubelet.conf that a KubeletConfig makes.
     *
     * @param raw spec.kubeletConfig; it may be absent
     * @throws IllegalArgumentException with the machine config operator's words
     */
    public static String file(JsonNode raw) {
        Map<String, JsonNode> file = new TreeMap<>(DEFAULTS);
        raw.properties().forEach(field -> {
            String key = field.getKey().toLowerCase(Locale.ROOT);
            if (key.equals(FEATURE_GATES)) {
                refuseGates(field.getValue());
            } else if (key.equals("maxpods")) {
                check(field.getValue().isIntegralNumber(), "maxPods of type int32");
                file.put(key, field.getValue());
            } else {
                text(key, field.getValue(), file);
            }
        });
        return file.toString();
    }

    private static void text(String key, JsonNode value, Map<String, JsonNode> file) {
        for (String name : TEXTS) {
            if (!name.toLowerCase(Locale.ROOT).equals(key)) {
                continue;
            }
            check(value.isTextual(), name + " of type string");
            if (BANNED.contains(name) && !value.asText().isEmpty()) {
                throw new IllegalArgumentException(
                        "KubeletConfiguration: " + name + " is not allowed to be set, but contains: " + value.asText());
            }
            if (!value.asText().isEmpty()) {
                file.put(key, value);
            }
        }
    }

    private static void refuseGates(JsonNode gates) {
        check(gates.isObject() || gates.isNull(), "featureGates of type map[string]bool");
        gates.forEach(gate -> check(gate.isBoolean(), "featureGates of type bool"));
        if (!gates.isEmpty()) {
            StringBuilder map = new StringBuilder();
            gates.properties()
                    .forEach(gate -> map.append(map.isEmpty() ? "" : " ")
                            .append(gate.getKey())
                            .append(':')
                            .append(gate.getValue().asText()));
            throw new IllegalArgumentException(
                    "KubeletConfiguration: featureGates is not allowed to be set, but contains: map[" + map + "]");
        }
    }

    private static void check(boolean right, String field) {
        if (!right) {
            throw new IllegalArgumentException(
                    "KubeletConfig could not be unmarshalled, err: json: cannot unmarshal into Go"
                            + " struct field KubeletConfiguration." + field);
        }
    }
}
