package io.devicemgr.agent.allocation;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How often every device of a resource is offered, and under which ids: its own when it is offered once, otherwise
 * {@code <id>::<n>} with n from 0. Device ids have no colon and leave room for the suffix (contract rule 44).
 *
 * @param count 1 to 1000
 */
public record Replicas(int count) {
    private static final String SEPARATOR = "::";
    private static final int MAX_DIGITS = 3;

    public Replicas {
        if (count < 1) {
            throw new IllegalArgumentException("A device is offered at least once, not " + count + " times");
        }
    }

    /** Whether several containers may hold a device. */
    public boolean shared() {
        return count > 1;
    }

    /** The ids under which a device is offered, in order. */
    public List<String> of(String device) {
        return count == 1
                ? List.of(device)
                : IntStream.range(0, count)
                        .mapToObj(n -> device + SEPARATOR + n)
                        .toList();
    }

    /** Device of an offered id; nothing when no device is offered under such an id. */
    public Optional<String> deviceOf(String offered) {
        int number = number(offered);
        boolean mine = shared() ? number >= 0 && number < count : !offered.contains(SEPARATOR);
        return mine ? Optional.of(device(offered)) : Optional.empty();
    }

    /** Device of an id that was offered with whatever number of replicas: containers may hold ids from before a change of it. */
    public static String device(String offered) {
        return number(offered) < 0 ? offered : offered.substring(0, offered.lastIndexOf(SEPARATOR));
    }

    /** Number of a replica, or -1 when the id has none. */
    static int number(String offered) {
        int separator = offered.lastIndexOf(SEPARATOR);
        String digits = separator < 1 ? "" : offered.substring(separator + SEPARATOR.length());
        boolean canonical = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                && (digits.length() == 1 || digits.charAt(0) != '0');
        return canonical ? Integer.parseInt(digits) : -1;
    }
}
