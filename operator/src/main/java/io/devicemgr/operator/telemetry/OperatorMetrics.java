package io.devicemgr.operator.telemetry;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.metrics.Gauge.Sample;
import io.devicemgr.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All that the operator measures. */
public final class OperatorMetrics {
    private static final double MILLIS = 1000;

    private final MetricRegistry registry = new MetricRegistry("devicemgr_operator_");
    private final LoopMetrics loop;
    private final ApiRequests requests;

    /**
     * Makes all instruments.
     *
     * @param acts whether this operator acts, rather than standing by
     * @param brokenWatches how many watches are not alive
     * @param deployments the deployments as they are now; none in an operator that stands by
     * @param cordoned names of the nodes that are cordoned now
     */
    public OperatorMetrics(
            Clock clock,
            Sight sight,
            BooleanSupplier acts,
            IntSupplier brokenWatches,
            Supplier<Stream<DevicePluginDeployment>> deployments,
            Supplier<Set<String>> cordoned) {
        registry.gauge(
                "leader",
                "Whether this operator acts; 0 while it stands by.",
                () -> Stream.of(Sample.of(acts.getAsBoolean())));
        registry.gauge(
                "watches_broken",
                "Watches that are not alive; /readyz names them.",
                () -> Stream.of(Sample.of(brokenWatches.getAsInt())));
        registry.gauge(
                "watching_since_timestamp_seconds",
                "Since when nothing can have happened unseen.",
                () -> Stream.of(Sample.of(sight.watchingSince().toEpochMilli() / MILLIS)));
        loop = new LoopMetrics(registry, clock);
        requests = new ApiRequests(registry);
        DeploymentGauges.register(registry, loop, deployments, cordoned);
        registry.process(Path.of("/proc"));
    }

    /** For the operator SDK. */
    public LoopMetrics loop() {
        return loop;
    }

    /** For the client. */
    public ApiRequests requests() {
        return requests;
    }

    /** Everything, to be read. */
    public MetricRegistry registry() {
        return registry;
    }
}
