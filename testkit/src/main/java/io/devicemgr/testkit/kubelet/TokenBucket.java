package io.devicemgr.testkit.kubelet;

import java.util.function.LongSupplier;

/** The PodResources rate limit: 100 calls a second for the whole socket, bursts of 10 (rule 98). */
final class TokenBucket {
    private static final double PER_NANO = 100 / 1e9;
    private static final double BURST = 10;

    private final LongSupplier nanoTime;
    private double tokens = BURST;
    private long filledAt;

    TokenBucket(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.filledAt = nanoTime.getAsLong();
    }

    synchronized boolean take() {
        long now = nanoTime.getAsLong();
        tokens = Math.min(BURST, tokens + (now - filledAt) * PER_NANO);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
