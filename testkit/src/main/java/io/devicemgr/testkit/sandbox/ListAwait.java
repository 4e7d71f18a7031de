package io.devicemgr.testkit.sandbox;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.testkit.kubelet.ListListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Waits for a list that a kubelet is to receive, and knows when it came. */
final class ListAwait implements ListListener {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Predicate<List<Device>> expected;
    private long arrival;

    /** What to wait for from now on; to be said before the deed that brings it about. */
    synchronized void expect(Predicate<List<Device>> list) {
        expected = list;
    }

    @Override
    public synchronized void onList(String resource, List<Device> devices, long nanoTime) {
        if (expected != null && expected.test(devices)) {
            expected = null;
            arrival = nanoTime;
            notifyAll();
        }
    }

    /**
     * Milliseconds between a moment (of {@link System#nanoTime()}) and the arrival of the expected list.
     *
     * @throws IllegalStateException when it does not come within a minute
     */
    synchronized double millisSince(long start) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (expected != null) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new IllegalStateException("the kubelet never got the list that was expected");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a list", e);
            }
        }
        return (arrival - start) / 1e6;
    }
}
