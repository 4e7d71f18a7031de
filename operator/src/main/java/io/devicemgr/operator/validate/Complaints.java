package io.devicemgr.operator.validate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What has been found wrong with a spec so far. */
final class Complaints {
    private static final Pattern LABEL_KEY = Pattern.compile(
            "([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final int MAX_PREFIX = 253;

    private final List<Violation> found = new ArrayList<>();

    List<Violation> found() {
        return List.copyOf(found);
    }

    /** @param what the value, why it cannot be, and what to write instead */
    void refuse(String field, String what) {
        found.add(Violation.invalid(field + ": " + what));
    }

    /**
     * Names must differ from the reserved ones and from each other. Today's definition lets nothing without a name pass, but that
     * of an earlier release may have.
     */
    <T> void unique(String field, List<T> items, Function<T, String> nameOf, Set<String> reserved) {
        Set<String> seen = new HashSet<>();
        for (T item : items) {
            String name = nameOf.apply(item);
            if (name == null) {
                refuse(field, "one of them has no name, or a mount no path; write what is missing");
            } else if (reserved.contains(name)) {
                refuse(field, "'" + name + "' is used by the operator itself; use another one");
            } else if (!seen.add(name)) {
                refuse(field, "'" + name + "' is given twice; remove one of the two or give it another name");
            }
        }
    }

    /** Keys of labels and taints: a name, or a domain and a name. */
    void labelKey(String field, String key) {
        if (!LABEL_KEY.matcher(key).matches() || key.indexOf('/') > MAX_PREFIX) {
            refuse(
                    field,
                    "'" + key
                            + "' is not the key of a label; write a name of at most 63 letters, digits, '-', '_' and '.', or"
                            + " domain/name, for example example.com/rack");
        }
    }
}
