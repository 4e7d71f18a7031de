package io.devicemgr.operator.validate;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a container may ask for: names that Kubernetes knows, and requests within the limits. */
final class ComputeRules {
    private static final Set<String> SHARED = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Pattern HUGE_PAGES = Pattern.compile("hugepages-([1-9][0-9]{0,3}[KMG]i)");
    private static final Pattern EXTENDED = Pattern.compile(
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final int MAX_DOMAIN = 244;

    private final Complaints complaints;
    private final String field;
    private final Map<String, Quantity> limits;
    private final Map<String, Quantity> requests;

    /** @param resources may be null */
    ComputeRules(Complaints complaints, String field, ResourceRequirements resources) {
        this.complaints = complaints;
        this.field = field;
        this.limits = resources == null || resources.getLimits() == null ? Map.of() : resources.getLimits();
        this.requests = resources == null || resources.getRequests() == null ? Map.of() : resources.getRequests();
    }

    void check() {
        limits.forEach((name, amount) -> amount(field + ".limits", name, amount));
        requests.forEach((name, amount) -> {
            amount(field + ".requests", name, amount);
            withinLimit(name, amount);
        });
        boolean pages = names().anyMatch(name -> name.startsWith("hugepages-"));
        if (pages && names().noneMatch(name -> name.equals("cpu") || name.equals("memory"))) {
            complaints.refuse(field, "hugepages need cpu or memory beside them; add one of the two");
        }
    }

    private Stream<String> names() {
        return Stream.concat(limits.keySet().stream(), requests.keySet().stream());
    }

    private void amount(String where, String name, Quantity amount) {
        Matcher pages = HUGE_PAGES.matcher(name);
        if (pages.matches()) {
            BigDecimal size = Quantity.parse(pages.group(1)).getNumericalAmount();
            if (amount.getNumericalAmount().remainder(size).signum() != 0) {
                complaints.refuse(where, name + " " + amount + " is not a multiple of " + pages.group(1));
            }
        } else if (isExtended(name)) {
            if (amount.getNumericalAmount().remainder(BigDecimal.ONE).signum() != 0) {
                complaints.refuse(where, name + " " + amount + " is not a whole number");
            }
        } else if (!SHARED.contains(name)) {
            complaints.refuse(
                    where,
                    "'" + name
                            + "' is nothing that a container can ask for; write cpu, memory, ephemeral-storage, hugepages-"
                            + "2Mi or the like, or the name of an extended resource such as example.com/serial");
        }
    }

    private void withinLimit(String name, Quantity request) {
        Quantity limit = limits.get(name);
        int order = limit == null ? 0 : request.getNumericalAmount().compareTo(limit.getNumericalAmount());
        if (SHARED.contains(name)) {
            if (order > 0) {
                complaints.refuse(
                        field + ".requests",
                        name + " " + request + " is more than its limit " + limit + "; lower it or raise the limit");
            }
        } else if (limit == null || order != 0) {
            complaints.refuse(
                    field + ".requests",
                    name + " " + request + " needs a limit of the same amount; write it under limits");
        }
    }

    private static boolean isExtended(String name) {
        return EXTENDED.matcher(name).matches()
                && name.indexOf('/') <= MAX_DOMAIN
                && !name.contains("kubernetes.io/")
                && !name.startsWith("requests.");
    }
}
