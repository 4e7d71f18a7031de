package io.devicemgr.operator.reconcile;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How many events may be posted, so that a flood of changes is no flood of events: for each deployment, its nodes included, 30 at
 * once and then one a second; and of one reason on one object 10 at once and then one every 30 s. The rest is left out.
 */
final class EventBudget {
    private static final int OF_DEPLOYMENT = 30;
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int OF_REASON = 10;
    private static final Duration BETWEEN_ALIKE = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

    /**
     * A full budget.
     *
     * @param nanos a clock that never goes back
     */
    EventBudget(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether an event may be posted; if so, it is counted. */
    synchronized boolean take(String deployment, String object, String reason) {
        long now = nanos.getAsLong();
        buckets.values().removeIf(bucket -> bucket.isFull(now));
        TokenBucket all = buckets.computeIfAbsent(deployment, key -> new TokenBucket(OF_DEPLOYMENT, BETWEEN, now));
        TokenBucket alike = buckets.computeIfAbsent(
                deployment + "/" + object + "/" + reason, key -> new TokenBucket(OF_REASON, BETWEEN_ALIKE, now));
        if (all.until(now) > 0 || alike.until(now) > 0) {
            return false;
        }
        all.take(now);
        alike.take(now);
        return true;
    }
}
