package io.devicemgr.testkit.kubelet;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds the kubelet just before one step of its answer to a stream's end, so that a test can put something between. */
public final class HandOverHold implements AutoCloseable {
    private final HandOverStep step;
    private final String resource;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    HandOverHold(HandOverStep step, String resource) {
        this.step = step;
        this.resource = resource;
    }

    boolean concerns(HandOverStep next, String ofResource) {
        return step == next && resource.equals(ofResource);
    }

    void pass() {
        reached.countDown();
        await(released, Duration.ofMinutes(5));
    }

    /** Waits until the kubelet stands before the step; fails when it does not come there in time. */
    public void awaitReached(Duration limit) {
        if (!await(reached, limit)) {
            throw new AssertionError("The kubelet did not come to " + step + " of " + resource + " within " + limit);
        }
    }

    /** Lets the kubelet go on. */
    public void release() {
        released.countDown();
    }

    @Override
    public void close() {
        release();
    }

    private static boolean await(CountDownLatch latch, Duration limit) {
        try {
            return latch.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
