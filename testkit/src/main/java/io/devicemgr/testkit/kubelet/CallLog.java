package io.devicemgr.testkit.kubelet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Every call of a simulated kubelet's life, in the order in which the calls began; it survives kubelet restarts. */
public final class CallLog {
    private final List<Call> calls = new ArrayList<>();

    synchronized Call begin(Rpc rpc, String resource, String socket, List<String> ids) {
        Call call = new Call(rpc, resource, socket, ids, System.nanoTime());
        calls.add(call);
        notifyAll();
        return call;
    }

    /** All calls so far. */
    public synchronized List<Call> all() {
        return List.copyOf(calls);
    }

    /** All calls of one kind about one resource. */
    public synchronized List<Call> of(Rpc rpc, String resource) {
        return calls.stream().filter(matching(rpc, resource)).toList();
    }

    /** How many calls of one kind about one resource began. */
    public int count(Rpc rpc, String resource) {
        return of(rpc, resource).size();
    }

    /** Waits until at least {@code count} calls of this kind began; fails with the log so far when they do not. */
    public synchronized List<Call> await(Rpc rpc, String resource, int count, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (of(rpc, resource).size() < count) {
            long millisLeft = (end - System.nanoTime()) / 1_000_000;
            if (millisLeft <= 0) {
                throw new AssertionError(
                        "No " + count + " " + rpc + " calls for " + resource + " within " + limit + "; saw " + calls);
            }
            pause(millisLeft);
        }
        return of(rpc, resource);
    }

    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for a call", e);
        }
    }

    private static Predicate<Call> matching(Rpc rpc, String resource) {
        return call -> call.rpc() == rpc && call.resource().equals(resource);
    }
}
