package io.devicemgr.e2e;

import java.util.Map;

/**
 * An alerting rule of Prometheus.
 *
 * @param pause how long it must hold: "for", which is a word of Java
 */
record AlertRule(String alert, String expr, String pause, Map<String, String> labels, Map<String, String> annotations) {
    static AlertRule of(Map<String, Object> yaml) {
        return new AlertRule(
                (String) yaml.get("alert"),
                (String) yaml.get("expr"),
                (String) yaml.get("for"),
                strings(yaml.get("labels")),
                strings(yaml.get("annotations")));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> strings(Object yaml) {
        return (Map<String, String>) yaml;
    }
}
