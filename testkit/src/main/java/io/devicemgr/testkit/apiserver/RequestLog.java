package io.devicemgr.testkit.apiserver;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Counts requests by user, verb and resource, and tells listeners. Requests themselves are not kept. */
public final class RequestLog {
    private final Map<RequestInfo, LongAdder> counts = new ConcurrentHashMap<>();
    private final List<Consumer<RequestInfo>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<RequestInfo>> reviewListeners = new CopyOnWriteArrayList<>();

    void addReviews(Consumer<RequestInfo> listener) {
        reviewListeners.add(listener);
    }

    /** Called once for every question whether a request would be allowed. */
    public void recordReview(RequestInfo asked) {
        reviewListeners.forEach(l -> l.accept(asked));
    }

    void add(Consumer<RequestInfo> listener) {
        listeners.add(listener);
    }

    /** Called once for every request, before it is answered. */
    public void record(RequestInfo request) {
        RequestInfo withoutObject = new RequestInfo(
                request.user(), request.verb(), request.group(), request.resource(), request.subresource(), "", "");
        counts.computeIfAbsent(withoutObject, r -> new LongAdder()).increment();
        listeners.forEach(l -> l.accept(request));
    }

    /** Requests so far that match; namespace and name are "" in what the predicate sees. */
    long count(Predicate<RequestInfo> which) {
        return counts.entrySet().stream()
                .filter(e -> which.test(e.getKey()))
                .mapToLong(e -> e.getValue().sum())
                .sum();
    }

    void reset() {
        counts.clear();
    }
}
