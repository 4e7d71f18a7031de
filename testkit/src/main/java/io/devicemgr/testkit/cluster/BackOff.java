package io.devicemgr.testkit.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A delay for each key that doubles with every turn, and starts anew when a key has been quiet for twice the longest. */
final class BackOff {
    private final Duration first;
    private final Duration longest;
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(Duration delay, Instant since) {}

    BackOff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    boolean waits(String key, Instant now) {
        Entry entry = entries.get(key);
        return entry != null && now.isBefore(entry.since().plus(entry.delay()));
    }

    /** Begins the next delay. */
    void next(String key, Instant now) {
        Entry entry = entries.get(key);
        boolean fresh = entry == null || now.isAfter(entry.since().plus(longest.multipliedBy(2)));
        Duration doubled = fresh ? first : entry.delay().multipliedBy(2);
        entries.put(key, new Entry(doubled.compareTo(longest) > 0 ? longest : doubled, now));
    }

    void reset(String key) {
        entries.remove(key);
    }
}
