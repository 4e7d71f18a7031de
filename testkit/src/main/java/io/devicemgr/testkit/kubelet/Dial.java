package io.devicemgr.testkit.kubelet;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The kubelet's blocking dial. */
final class Dial {
    private Dial() {}

    /** Blocks until the plugin's HTTP/2 settings have arrived; false when the time is over first (rule 4). */
    static boolean awaitReady(ManagedChannel channel, long limitNanos) {
        long end = System.nanoTime() + limitNanos;
        ConnectivityState state = channel.getState(true);
        while (state != ConnectivityState.READY) {
            long left = end - System.nanoTime();
            if (left <= 0 || state == ConnectivityState.SHUTDOWN) {
                return false;
            }
            awaitChange(channel, state, left);
            state = channel.getState(true);
        }
        return true;
    }

    private static void awaitChange(ManagedChannel channel, ConnectivityState state, long nanos) {
        CountDownLatch changed = new CountDownLatch(1);
        channel.notifyWhenStateChanged(state, changed::countDown);
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while dialling a plugin", e);
        }
    }
}
