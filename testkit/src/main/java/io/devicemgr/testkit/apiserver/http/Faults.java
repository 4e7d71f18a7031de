package io.devicemgr.testkit.apiserver.http;

import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Trouble that a test orders: refusals, and answers that are slow, never come, or break off. */
public final class Faults {
    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<Cut> cuts = new CopyOnWriteArrayList<>();
    private final List<Delay> delays = new CopyOnWriteArrayList<>();
    private final List<Silence> silences = new CopyOnWriteArrayList<>();

    private record Failure(AtomicInteger left, Predicate<RequestInfo> which, int code, int retryAfterSeconds) {}

    private record Cut(AtomicInteger left, Predicate<RequestInfo> which, UnaryOperator<OutputStream> broken) {}

    private record Delay(Predicate<RequestInfo> which, Duration time) {}

    private record Silence(Predicate<RequestInfo> which, CountDownLatch over) {}

    /** Refusal with a Retry-After; 0 seconds for none. */
    record Refusal(ApiException status, int retryAfterSeconds) {}

    /** Requests that match wait this long before they are looked at; with zero no longer. */
    public void latency(Duration time, Predicate<RequestInfo> which) {
        if (time.isZero()) {
            delays.clear();
        } else {
            delays.add(new Delay(which, time));
        }
    }

    /** Requests that match are read and never answered; {@link #clear()} closes their connections. */
    public void silence(Predicate<RequestInfo> which) {
        silences.add(new Silence(which, new CountDownLatch(1)));
    }

    /** The next answers that match break off after so many bytes of their body. */
    public void breakOff(int count, Predicate<RequestInfo> which, int bytes) {
        cuts.add(new Cut(new AtomicInteger(count), which, out -> new CutStream(out, bytes)));
    }

    /** The next answers that match are not what the client can read: the first byte of their body is another one. */
    public void garble(int count, Predicate<RequestInfo> which) {
        cuts.add(new Cut(new AtomicInteger(count), which, GarbledStream::new));
    }

    /** The next requests that match fail with a status code. */
    public void failNext(int count, Predicate<RequestInfo> which, int code, int retryAfterSeconds) {
        failures.add(new Failure(new AtomicInteger(count), which, code, retryAfterSeconds));
    }

    public void clear() {
        failures.clear();
        cuts.clear();
        delays.clear();
        silences.forEach(silence -> silence.over().countDown());
        silences.clear();
    }

    /**
     * Waits the ordered time; gives the refusal if this request is to fail.
     *
     * @throws InterruptedException also when the request is not to be answered at all
     */
    Optional<Refusal> meet(RequestInfo request) throws InterruptedException {
        for (Delay delay : delays) {
            if (delay.which().test(request)) {
                TimeUnit.NANOSECONDS.sleep(delay.time().toNanos());
            }
        }
        for (Silence silence : silences) {
            if (silence.which().test(request)) {
                silence.over().await();
                throw new InterruptedException("never answered");
            }
        }
        for (Failure failure : failures) {
            if (failure.which().test(request) && isNext(failure.left())) {
                return Optional.of(new Refusal(status(failure.code()), failure.retryAfterSeconds()));
            }
        }
        return Optional.empty();
    }

    /** What is to become of the body of the answer. */
    Optional<UnaryOperator<OutputStream>> body(RequestInfo request) {
        for (Cut cut : cuts) {
            if (cut.which().test(request) && isNext(cut.left())) {
                return Optional.of(cut.broken());
            }
        }
        return Optional.empty();
    }

    private static boolean isNext(AtomicInteger left) {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    private static ApiException status(int code) {
        return switch (code) {
            case 401 -> ApiException.of(401, "Unauthorized", "Unauthorized");
            case 403 -> ApiException.of(403, "Forbidden", "forbidden by the test");
            case 409 ->
                ApiException.of(
                        409,
                        "Conflict",
                        "the object has been modified; please apply your changes to the latest version and try again");
            case 410 ->
                ApiException.of(
                        410,
                        "Expired",
                        "The provided continue parameter is too old to display a consistent list result.");
            case 429 -> ApiException.of(429, "TooManyRequests", "The request is throttled.");
            case 503 ->
                ApiException.of(503, "ServiceUnavailable", "the server is currently unable to handle the request");
            case 504 ->
                ApiException.of(504, "Timeout", "the server was unable to return a response in the time allotted");
            default ->
                ApiException.of(
                        code, "InternalError", "an error on the server has prevented the request from succeeding");
        };
    }
}
