package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What containers may ask for: the names, the amounts, and requests within the limits. */
final class ResourceRules {
    private static final Set<String> FOR_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Set<String> STANDARD = Set.of(
            "cpu",
            "memory",
            "ephemeral-storage",
            "requests.cpu",
            "requests.memory",
            "requests.ephemeral-storage",
            "limits.cpu",
            "limits.memory",
            "limits.ephemeral-storage",
            "pods",
            "resourcequotas",
            "services",
            "replicationcontrollers",
            "secrets",
            "configmaps",
            "persistentvolumeclaims",
            "storage",
            "requests.storage",
            "services.nodeports",
            "services.loadbalancers");
    private static final String HUGE_PAGES = "hugepages-";
    private static final String QUOTA = "requests.";

    private final Findings findings;
    private final JsonNode resources;
    private final String path;

    ResourceRules(Findings findings, JsonNode resources, String path) {
        this.findings = findings;
        this.resources = resources;
        this.path = path;
    }

    void check() {
        resources.path("limits").properties().forEach(e -> amount("limits", e.getKey(), e.getValue()));
        resources.path("requests").properties().forEach(e -> {
            amount("requests", e.getKey(), e.getValue());
            withinLimit(e.getKey(), e.getValue());
        });
        boolean pages = asked().stream().anyMatch(name -> name.startsWith(HUGE_PAGES));
        if (pages && asked().stream().noneMatch(name -> name.equals("cpu") || name.equals("memory"))) {
            findings.forbidden(path, "HugePages require cpu or memory");
        }
        for (int i = 0; i < resources.path("claims").size(); i++) {
            findings.notFound(
                    path + ".claims[" + i + "]",
                    resources.at("/claims/" + i + "/name").asText());
        }
    }

    private List<String> asked() {
        return List.of("limits", "requests").stream()
                .flatMap(kind -> resources.path(kind).properties().stream())
                .map(e -> e.getKey())
                .toList();
    }

    private void amount(String kind, String name, JsonNode value) {
        String field = path + "." + kind + "[" + name + "]";
        name(field, name);
        BigDecimal amount = QuantityValue.of(value);
        if (amount.signum() < 0) {
            findings.invalid(field, value.asText(), "must be greater than or equal to 0");
        }
        if (isExtended(name) && !QuantityValue.isWhole(amount)) {
            findings.invalid(field, value.asText(), "must be an integer");
        }
        pageSize(name)
                .filter(size -> !divides(size, amount))
                .ifPresent(size -> findings.invalid(
                        field, value.asText(), value.asText() + " is not positive integer multiple of " + name));
    }

    /** How large the pages of a resource are; zero for a size that is none. */
    private static Optional<BigDecimal> pageSize(String name) {
        if (!name.startsWith(HUGE_PAGES)) {
            return Optional.empty();
        }
        String size = name.substring(HUGE_PAGES.length());
        boolean known = size.matches("[0-9]+([KMGTPE]i|[kMGTPE])?");
        return Optional.of(known ? QuantityValue.of(TextNode.valueOf(size)) : BigDecimal.ZERO);
    }

    private static boolean divides(BigDecimal size, BigDecimal amount) {
        return size.signum() > 0 && amount.remainder(size).signum() == 0;
    }

    private void name(String field, String name) {
        List<String> form = NameSyntax.qualified(name);
        if (!form.isEmpty()) {
            findings.invalid(field, name, form);
        }
        if (!name.contains("/")) {
            if (form.isEmpty() && !STANDARD.contains(name) && !name.startsWith(HUGE_PAGES)) {
                findings.invalid(field, name, "must be a standard resource type or fully qualified");
            }
            if (!FOR_CONTAINERS.contains(name) && !name.startsWith(HUGE_PAGES)) {
                findings.invalid(field, name, "must be a standard resource for containers");
            }
        } else if (!isNative(name) && !isExtended(name)) {
            findings.invalid(field, name, "doesn't follow extended resource name standard");
        }
    }

    private void withinLimit(String name, JsonNode value) {
        boolean overcommit = isNative(name) && !name.startsWith(HUGE_PAGES);
        JsonNode limit = resources.path("limits").path(name);
        if (limit.isMissingNode()) {
            if (!overcommit) {
                findings.required(path + ".limits", "Limit must be set for non overcommitable resources");
            }
            return;
        }
        int order = QuantityValue.of(value).compareTo(QuantityValue.of(limit));
        String of = name + " limit of " + limit.asText();
        if (order != 0 && !overcommit) {
            findings.invalid(path + ".requests", value.asText(), "must be equal to " + of);
        } else if (order > 0) {
            findings.invalid(path + ".requests", value.asText(), "must be less than or equal to " + of);
        }
    }

    private static boolean isNative(String name) {
        return !name.contains("/") || name.contains("kubernetes.io/");
    }

    private static boolean isExtended(String name) {
        return !isNative(name)
                && !name.startsWith(QUOTA)
                && NameSyntax.qualified(QUOTA + name).isEmpty();
    }
}
