package io.devicemgr.operator.telemetry;

import io.devicemgr.metrics.Counter;
import io.devicemgr.metrics.Gauge.Sample;
import io.devicemgr.metrics.Histogram;
import io.devicemgr.metrics.MetricRegistry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What the operator SDK tells of its loop: how often it runs, how long that takes, what goes wrong, and what waits. */
public final class LoopMetrics implements Metrics {
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    private final InstantSource clock;
    private final Histogram durations;
    private final Counter errors;
    private final AtomicInteger waiting = new AtomicInteger();
    /** By controller and name. */
    private final Map<String, Instant> running = new ConcurrentHashMap<>();
    /** By controller and name. */
    private final Map<String, Instant> last = new ConcurrentHashMap<>();

    LoopMetrics(MetricRegistry registry, InstantSource clock) {
        this.clock = clock;
        durations = registry.histogram(
                "reconcile_duration_seconds", "Time that a reconcile of a deployment took.", BOUNDS, "outcome");
        errors = registry.counter("reconcile_errors_total", "Reconciles that failed and are tried again.", "cause");
        registry.gauge(
                "queue_depth", "Deployments that wait for their reconcile.", () -> Stream.of(Sample.of(waiting.get())));
        registry.gauge(
                "reconciles_running", "Reconciles that are under way.", () -> Stream.of(Sample.of(running.size())));
        for (ErrorCause cause : ErrorCause.values()) {
            errors.expect(cause.name());
        }
    }

    /** When the last reconcile of an object ended, whatever its outcome. */
    Optional<Instant> last(String controller, String name) {
        return Optional.ofNullable(last.get(controller + "/" + name));
    }

    /** The reconcile that has been under way for longer than this, if there is one; only a restart ends what hangs for good. */
    public Stream<String> runningLongerThan(Duration time) {
        Instant before = clock.instant().minus(time);
        return running.entrySet().stream()
                .filter(entry -> entry.getValue().isBefore(before))
                .map(Map.Entry::getKey);
    }

    @Override
    public void reconcileCustomResource(HasMetadata resource, RetryInfo retry, Map<String, Object> metadata) {
        waiting.incrementAndGet();
    }

    @Override
    public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
        waiting.decrementAndGet();
        running.put(key(metadata, resource.getMetadata().getName()), clock.instant());
    }

    @Override
    public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
        running.remove(key(metadata, resource.getMetadata().getName()));
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        long start = System.nanoTime();
        boolean done = false;
        try {
            T result = execution.execute();
            done = true;
            return result;
        } catch (Exception e) {
            errors.increment(ErrorCause.of(e).name());
            throw e;
        } finally {
            durations.observe(Duration.ofNanos(System.nanoTime() - start), done ? "succeeded" : "failed");
            last.put(execution.controllerName() + "/" + execution.resourceID().getName(), clock.instant());
        }
    }

    @Override
    public void cleanupDoneFor(ResourceID deployment, Map<String, Object> metadata) {
        last.remove(key(metadata, deployment.getName()));
    }

    private static String key(Map<String, Object> metadata, String name) {
        return metadata.get(Constants.CONTROLLER_NAME) + "/" + name;
    }

    /** Why a reconcile failed: who is to look at it. */
    private enum ErrorCause {
        conflict,
        forbidden,
        throttled,
        refused,
        server,
        unreachable,
        bug;

        static ErrorCause of(Exception e) {
            if (!(e instanceof KubernetesClientException api)) {
                return bug;
            }
            return switch (api.getCode()) {
                case 0 -> unreachable;
                case 401, 403 -> forbidden;
                case 409 -> conflict;
                case 429 -> throttled;
                default -> api.getCode() >= 500 ? server : refused;
            };
        }
    }
}
