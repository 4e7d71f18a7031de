package io.devicemgr.testkit.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;

/** The matchConstraints of a policy. */
final class Matching {
    private final JsonNode constraints;

    Matching(JsonNode constraints) {
        this.constraints = constraints;
    }

    boolean matches(Attributes request) {
        return any(constraints.path("resourceRules"), request)
                && !any(constraints.path("excludeResourceRules"), request);
    }

    private static boolean any(JsonNode rules, Attributes request) {
        for (JsonNode rule : rules) {
            if (matches(rule, request)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(JsonNode rule, Attributes request) {
        return contains(rule.path("apiGroups"), request.group())
                && contains(rule.path("apiVersions"), request.version())
                && contains(rule.path("operations"), request.operation().name())
                && resource(rule.path("resources"), request)
                && scope(rule.path("scope").asText("*"), request)
                && (rule.path("resourceNames").isEmpty() || contains(rule.path("resourceNames"), request.name()));
    }

    private static boolean contains(JsonNode list, String value) {
        for (JsonNode item : list) {
            if (item.asText().equals("*") || item.asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean resource(JsonNode list, Attributes request) {
        for (JsonNode item : list) {
            String[] parts = item.asText().split("/", 2);
            String subresource = parts.length == 1 ? "" : parts[1];
            boolean part = subresource.equals("*") || subresource.equals(request.subresource());
            if (part && (parts[0].equals("*") || parts[0].equals(request.resource()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean scope(String scope, Attributes request) {
        return switch (scope) {
            case "Cluster" -> !request.namespaced();
            case "Namespaced" -> request.namespaced();
            default -> true;
        };
    }
}
