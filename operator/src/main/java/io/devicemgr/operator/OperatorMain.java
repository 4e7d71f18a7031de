package io.devicemgr.operator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.reconcile.ClusterFeatures;
import io.devicemgr.operator.reconcile.DevicePluginDeploymentReconciler;
import io.devicemgr.operator.telemetry.HealthServer;
import io.devicemgr.operator.telemetry.Readiness;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator: reads the environment, builds, starts, and stops when it is told to. */
public final class OperatorMain implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);

    private final Operator operator;
    private final HealthServer health;

    private OperatorMain(Operator operator, HealthServer health) {
        this.operator = operator;
        this.health = health;
    }

    /** Runs until the process is told to end; ends it with 1 when it cannot start. */
    public static void main(String[] arguments) {
        OperatorLog.configure();
        try {
            OperatorConfig config = OperatorConfig.from(System.getenv(), OperatorConfig.NAMESPACE_FILE);
            OperatorMain main = start(config, clientBuilder().build(), Clock.systemUTC());
            Runtime.getRuntime().addShutdownHook(new Thread(main::close, "shutdown"));
        } catch (IllegalArgumentException e) {
            LOG.error("{}", e.getMessage());
            System.exit(1);
        } catch (IOException | RuntimeException e) {
            LOG.error("The operator cannot start", e);
            System.exit(1);
        }
    }

    /**
     * A client that reads what a newer or older half has written: fields that it does not know are left out, and values that
     * it does not know are none. Otherwise a single report could stop an informer.
     */
    public static KubernetesClientBuilder clientBuilder() {
        JsonMapper tolerant = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
                .build();
        return new KubernetesClientBuilder().withKubernetesSerialization(new KubernetesSerialization(tolerant, true));
    }

    /**
     * Starts an operator.
     *
     * @param client made by {@link #clientBuilder()}; is closed with the operator
     * @throws IOException when the health port cannot be had
     */
    public static OperatorMain start(OperatorConfig config, KubernetesClient client, Clock clock) throws IOException {
        Operator operator = new Operator(overrides -> overrides.withKubernetesClient(client));
        HealthServer health =
                HealthServer.start(config.healthPort(), Optional::empty, () -> Readiness.of(operator.getRuntimeInfo()));
        ClusterFeatures features = ClusterFeatures.of(client);
        operator.register(
                new DevicePluginDeploymentReconciler(client, config, features, clock),
                overrides -> overrides.withRetry(retry()));
        operator.start();
        LOG.info("Started: agents go to namespace {}, {}", config.namespace(), features);
        return new OperatorMain(operator, health);
    }

    /** The port that the health endpoints listen on. */
    public int healthPort() {
        return health.port();
    }

    @Override
    public void close() {
        health.close();
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
