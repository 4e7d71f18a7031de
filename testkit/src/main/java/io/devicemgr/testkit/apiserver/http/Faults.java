package io.devicemgr.testkit.apiserver.http;

import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Trouble that a test orders: slow answers and refusals. */
public final class Faults {
    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private volatile Duration latency = Duration.ZERO;

    private record Failure(AtomicInteger left, Predicate<RequestInfo> which, int code, int retryAfterSeconds) {}

    /** Refusal with a Retry-After; 0 seconds for none. */
    record Refusal(ApiException status, int retryAfterSeconds) {}

    public void latency(Duration delay) {
        latency = delay;
    }

    /** The next requests that match fail with a status code. */
    public void failNext(int count, Predicate<RequestInfo> which, int code, int retryAfterSeconds) {
        failures.add(new Failure(new AtomicInteger(count), which, code, retryAfterSeconds));
    }

    public void clear() {
        failures.clear();
        latency = Duration.ZERO;
    }

    /** Waits the ordered time; gives the refusal if this request is to fail. */
    Optional<Refusal> meet(RequestInfo request) throws InterruptedException {
        if (!latency.isZero()) {
            TimeUnit.NANOSECONDS.sleep(latency.toNanos());
        }
        for (Failure failure : failures) {
            if (failure.which().test(request) && failure.left().getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                return Optional.of(new Refusal(status(failure.code()), failure.retryAfterSeconds()));
            }
        }
        return Optional.empty();
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
