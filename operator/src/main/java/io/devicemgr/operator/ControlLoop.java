package io.devicemgr.operator;

import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.desired.Leftovers;
import io.devicemgr.operator.reconcile.ClusterFeatures;
import io.devicemgr.operator.reconcile.DevicePluginDeploymentReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches and acts, from {@link #start} to {@link #close()}: the operator SDK with our reconcilers. */
final class ControlLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    /** How long a reconcile that has begun may take to end; well below the 30 s that Kubernetes gives a pod. */
    private static final Duration LAST_WORK = Duration.ofSeconds(10);

    private final Operator operator;

    private ControlLoop(Operator operator) {
        this.operator = operator;
    }

    /**
     * Starts to watch and to act; comes back when all caches are filled.
     *
     * @param blind told once a watch has ended for good, which only a restart helps
     */
    static ControlLoop start(OperatorConfig config, KubernetesClient client, Clock clock, Consumer<String> blind) {
        Operator operator = new Operator(overrides -> overrides
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withReconciliationTerminationTimeout(LAST_WORK)
                .withInformerStoppedHandler((informer, cause) -> {
                    if (cause != null && informer.hasSynced()) {
                        blind.accept("the watch of " + informer + " has ended: " + cause.getMessage());
                    }
                }));
        ClusterFeatures features = ClusterFeatures.of(client);
        var deployments = new DevicePluginDeploymentReconciler(client, config, features, clock);
        operator.register(deployments, overrides -> overrides.withRetry(retry()));
        operator.register(
                deployments.leftovers(),
                overrides -> overrides
                        .settingNamespace(config.namespace())
                        .withLabelSelector(Leftovers.LABEL + "=true")
                        .withRetry(retry()));
        operator.start();
        LOG.info("Started: agents go to namespace {}, {}", config.namespace(), features);
        return new ControlLoop(operator);
    }

    /** What the SDK tells of its watches. */
    RuntimeInfo runtime() {
        return operator.getRuntimeInfo();
    }

    /** Ends what has begun, and begins nothing more. */
    @Override
    public void close() {
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
