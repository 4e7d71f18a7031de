package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.runtime.Pace;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One ListAndWatch stream with a cursor of its own: what it sent last. It sends only lists that differ from that, only when
 * the reader is ready, paced, and always the newest.
 */
final class ListStream {
    /** Contract rule 50: each list makes the kubelet write its checkpoint, so about one a second in the long run. */
    private static final int BURST = 5;

    private final ServerCallStreamObserver<ListAndWatchResponse> reader;
    private final Supplier<ListAndWatchResponse> newest;
    private final KubeletLoop loop;
    private final Consumer<Duration> told;
    private final Pace pace = new Pace(BURST, Duration.ofSeconds(1));
    private volatile Sent sent;
    private Long changedNanos;
    private boolean held;
    private boolean waiting;
    private boolean ended;

    /** A list and when it was sent, from {@link System#nanoTime()}. */
    record Sent(ListAndWatchResponse list, long nanos) {}

    /** @param told gets for each list the time since its change was noticed; null for the first list, which tells of none */
    ListStream(
            ServerCallStreamObserver<ListAndWatchResponse> reader,
            Supplier<ListAndWatchResponse> newest,
            KubeletLoop loop,
            Consumer<Duration> told) {
        this.reader = reader;
        this.newest = newest;
        this.loop = loop;
        this.told = told;
    }

    /**
     * Something has changed; sends the newest list if that is due.
     *
     * @param noticedNanos when the change was noticed, from {@link System#nanoTime()}
     */
    synchronized void changed(long noticedNanos) {
        // The oldest counts: it is the one that the kubelet has waited for longest.
        changedNanos = changedNanos == null ? Long.valueOf(noticedNanos) : changedNanos;
        offer();
    }

    /** Sends the newest list if that is due. */
    synchronized void offer() {
        if (ended || waiting || held && sent != null || !reader.isReady()) {
            return;
        }
        ListAndWatchResponse list = newest.get();
        if (sent != null && list.equals(sent.list())) {
            changedNanos = null;
            return;
        }
        long wait = pace.take(System.nanoTime());
        if (wait > 0) {
            waiting = true;
            loop.after(Duration.ofNanos(wait), this::waited);
            return;
        }
        reader.onNext(list);
        long now = System.nanoTime();
        told.accept(sent == null || changedNanos == null ? null : Duration.ofNanos(now - changedNanos));
        changedNanos = null;
        sent = new Sent(list, now);
    }

    /** Whether changes wait until the kubelet is known to have taken the first list (contract rule 85). */
    void hold(boolean hold) {
        synchronized (this) {
            held = hold;
        }
        offer();
    }

    /** The list that the kubelet was sent last; null before the first. */
    Sent sent() {
        return sent;
    }

    /** The reader has gone. */
    synchronized void gone() {
        ended = true;
    }

    /** Ends the stream from this side. */
    synchronized void complete() {
        if (!ended) {
            ended = true;
            if (!reader.isCancelled()) {
                reader.onCompleted();
            }
        }
    }

    private void waited() {
        synchronized (this) {
            waiting = false;
        }
        offer();
    }
}
