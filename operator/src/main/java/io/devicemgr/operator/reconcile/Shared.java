package io.devicemgr.operator.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;

/**
 * Gives equal values one instance: thousands of nodes have the same labels, device paths and revisions. It remembers a bounded
 * number of values and forgets one for another, so that what is unique cannot fill it.
 */
final class Shared {
    private static final int SLOTS = 1 << 13;

    private final AtomicReferenceArray<Object> values = new AtomicReferenceArray<>(SLOTS);

    /** The same text. */
    String text(String text) {
        return one(text);
    }

    /** The same texts; nothing for null. */
    List<String> texts(List<String> texts) {
        return texts == null
                ? List.of()
                : one(List.copyOf(texts.stream().map(this::text).toList()));
    }

    /** The same map; nothing for null. */
    Map<String, String> map(Map<String, String> map) {
        return map == null || map.isEmpty()
                ? Map.of()
                : one(map.entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                entry -> text(entry.getKey()),
                                entry -> text(Objects.requireNonNullElse(entry.getValue(), "")))));
    }

    /** An equal value, most likely one that others use already; null for null. Only for what nobody changes any more. */
    @SuppressWarnings("unchecked")
    <T> T one(T value) {
        if (value == null) {
            return null;
        }
        int hash = value.hashCode();
        int slot = (hash ^ hash >>> 13) & SLOTS - 1;
        Object known = values.get(slot);
        if (value.equals(known)) {
            return (T) known;
        }
        values.set(slot, value);
        return value;
    }
}
