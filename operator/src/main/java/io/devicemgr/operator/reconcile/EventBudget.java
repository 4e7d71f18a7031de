package io.devicemgr.operator.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many events one object may still get: as client-go has it, 25 at once and then one in five minutes. What the budget
 * keeps back is in the status all the same.
 */
final class EventBudget {
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);
    /** Objects that are remembered, the least recent forgotten first. */
    private static final int OBJECTS = 4096;

    private final InstantSource clock;
    private final Map<String, Instant> paidUntil = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > OBJECTS;
        }
    };

    EventBudget(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes one event of an object's budget; false when nothing is left of it. */
    synchronized boolean take(String object) {
        Instant now = clock.instant();
        Instant full = now.minus(REFILL.multipliedBy(BURST));
        Instant paid = paidUntil.getOrDefault(object, full);
        Instant next = (paid.isBefore(full) ? full : paid).plus(REFILL);
        if (next.isAfter(now)) {
            return false;
        }
        paidUntil.put(object, next);
        return true;
    }
}
