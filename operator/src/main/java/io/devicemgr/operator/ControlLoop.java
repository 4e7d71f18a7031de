package io.devicemgr.operator;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.desired.Leftovers;
import io.devicemgr.operator.reconcile.ClusterFeatures;
import io.devicemgr.operator.reconcile.DevicePluginDeploymentReconciler;
import io.devicemgr.operator.telemetry.LoopMetrics;
import io.devicemgr.operator.telemetry.Sight;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches and acts, from {@link #start} to {@link #close()}: the operator SDK with our reconcilers. */
final class ControlLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    /** Most of a loop is waiting for the API server; more of them at once would only fill the heap. */
    private static final int LOOPS_AT_ONCE = 16;
    /** How long a reconcile that has begun may take to end; well below the 30 s that Kubernetes gives a pod. */
    private static final Duration LAST_WORK = Duration.ofSeconds(10);

    private final Operator operator;
    private final DevicePluginDeploymentReconciler reconciler;
    private final WorkGate gate;

    private ControlLoop(Operator operator, DevicePluginDeploymentReconciler reconciler, WorkGate gate) {
        this.operator = operator;
        this.reconciler = reconciler;
        this.gate = gate;
    }

    /**
     * Starts to watch and to act; comes back when all caches are filled.
     *
     * @param blind told once a watch has ended for good, which only a restart helps
     */
    static ControlLoop start(
            OperatorConfig config,
            KubernetesClient client,
            Clock clock,
            Sight sight,
            LoopMetrics metrics,
            Consumer<String> blind) {
        WorkGate gate = new WorkGate(metrics);
        Operator operator = new Operator(overrides -> overrides
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(LOOPS_AT_ONCE)
                .withMetrics(new AggregatedMetrics(List.of(gate, metrics)))
                .withInformerStoppedHandler((informer, cause) -> {
                    if (cause != null && informer.hasSynced()) {
                        blind.accept("the watch of " + informer + " has ended: " + cause.getMessage());
                    }
                }));
        ClusterFeatures features = ClusterFeatures.of(client);
        var deployments = new DevicePluginDeploymentReconciler(client, config, features, clock, sight::watchingSince);
        operator.register(deployments, overrides -> overrides.withRetry(retry()));
        operator.register(
                deployments.leftovers(),
                overrides -> overrides
                        .settingNamespace(config.namespace())
                        .withLabelSelector(Leftovers.LABEL + "=true")
                        .withRetry(retry()));
        operator.start();
        LOG.info("Started: agents go to namespace {}, {}", config.namespace(), features);
        return new ControlLoop(operator, deployments, gate);
    }

    /** What the SDK tells of its watches. */
    RuntimeInfo runtime() {
        return operator.getRuntimeInfo();
    }

    /** The deployments as they were seen last. */
    Stream<DevicePluginDeployment> deployments() {
        return reconciler.deployments();
    }

    /** Names of the nodes that are closed for new pods. */
    Set<String> cordonedNodes() {
        return reconciler.cordonedNodes();
    }

    /** Ends what has begun, and begins nothing more. */
    @Override
    public void close() {
        gate.close(LAST_WORK);
        operator.stop();
    }

    /** For ever, since an API server may be away for long; at most half a minute apart, so that its return is soon noticed. */
    private static GenericRetry retry() {
        return new GenericRetry()
                .setInitialInterval(Duration.ofMillis(500))
                .setIntervalMultiplier(2)
                .setMaxInterval(Duration.ofSeconds(30).toMillis())
                .withoutMaxAttempts();
    }
}
