package io.devicemgr.operator.telemetry;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Since when the cluster has been in sight: watches that cannot be opened mean that things happen unseen. Watches end and begin anew every few
 * minutes, so a gap of less than ten seconds is a blink that does not count.
 */
public final class Sight implements Interceptor {
    private static final Duration BLINK = Duration.ofSeconds(10);

    private final InstantSource clock;
    /** Watches that cannot be opened, and since when. */
    private final Map<String, Instant> lost = new HashMap<>();

    private Instant since;

    /** Sees from now on. */
    public Sight(InstantSource clock) {
        this.clock = clock;
        this.since = clock.instant();
    }

    /** All caches are filled: this operator sees from now on. */
    public synchronized void opened() {
        since = clock.instant();
    }

    /** Since when every watch has gone on without a gap; now, while one cannot be opened. */
    public synchronized Instant watchingSince() {
        Instant now = clock.instant();
        return lost.values().stream().anyMatch(from -> isLong(from, now)) ? now : since;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (ApiPath.isWatch(request)) {
            if (response.isSuccessful()) {
                regained(watch(request));
            } else {
                lost(watch(request));
            }
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        if (ApiPath.isWatch(request)) {
            lost(watch(request));
        }
    }

    private synchronized void lost(String watch) {
        lost.putIfAbsent(watch, clock.instant());
    }

    private synchronized void regained(String watch) {
        Instant from = lost.remove(watch);
        Instant now = clock.instant();
        if (from != null && isLong(from, now)) {
            since = now;
        }
    }

    private static boolean isLong(Instant from, Instant now) {
        return from.plus(BLINK).isBefore(now);
    }

    /** The same watch begins at another version each time. */
    private static String watch(HttpRequest request) {
        return request.uri().getPath() + "?" + request.uri().getQuery().replaceAll("resourceVersion=[^&]*", "");
    }
}
