package io.devicemgr.operator.reconcile;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter.RateLimitState;
import java.time.Duration;
import java.util.Optional;

/**
 * Bounds how often the SDK calls the reconciler for one deployment, each time with a copy of it: twenty times at once, then ten
 * times a second. What a call does is up to {@link Pace}.
 */
public final class LoopLimiter implements RateLimiter<LoopLimiter.State> {
    private static final int AT_ONCE = 20;
    private static final Duration INTERVAL = Duration.ofMillis(100);

    /** What is left of one deployment's allowance. */
    static final class State implements RateLimitState {
        private final TokenBucket bucket = new TokenBucket(AT_ONCE, INTERVAL, System.nanoTime());
    }

    @Override
    public State initState() {
        return new State();
    }

    @Override
    public Optional<Duration> isLimited(RateLimitState state) {
        TokenBucket bucket = ((State) state).bucket;
        synchronized (bucket) {
            long now = System.nanoTime();
            long wait = bucket.until(now);
            if (wait > 0) {
                return Optional.of(Duration.ofNanos(wait));
            }
            bucket.take(now);
            return Optional.empty();
        }
    }
}
