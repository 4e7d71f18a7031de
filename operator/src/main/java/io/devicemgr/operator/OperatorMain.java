package io.devicemgr.operator;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.leader.Fence;
import io.devicemgr.operator.leader.LeaderElection;
import io.devicemgr.operator.telemetry.Health;
import io.devicemgr.operator.telemetry.HealthServer;
import io.devicemgr.operator.telemetry.OperatorMetrics;
import io.devicemgr.operator.telemetry.Readiness;
import io.devicemgr.operator.telemetry.Sight;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator: reads the environment, waits for its turn, acts, and stops when it is told to or must not go on. */
public final class OperatorMain implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);

    private static final String CHECK = "check";
    private static final String UNINSTALL = "uninstall";

    /** No request takes that long, and no reconcile has many. */
    private static final Duration STUCK = Duration.ofMinutes(10);

    private final OperatorConfig config;
    private final Clock clock;
    private final Runnable exit;
    private final Sight sight;
    private final OperatorMetrics metrics;
    private final KubernetesClient client;
    private final HealthServer health;
    private volatile LeaderElection election;
    private volatile ControlLoop loop;
    private boolean closed;
    private volatile String beyondHelp;

    private OperatorMain(OperatorConfig config, Config connection, Clock clock, Runnable exit) throws IOException {
        this.config = config;
        this.clock = clock;
        this.exit = exit;
        this.sight = new Sight(clock);
        this.metrics = new OperatorMetrics(
                clock, sight, () -> loop != null, this::brokenWatches, this::deployments, this::cordonedNodes);
        this.client = ApiClient.of(
                connection,
                List.of(new Fence(this::mayWrite), sight, metrics.requests(), new HttpWatch(), new Gunzip()));
        this.health = HealthServer.start(config.healthPort(), this::alive, this::ready, metrics::registry);
    }

    /**
     * Runs until the process is told to end; ends it with 1 when it cannot go on.
     *
     * @param arguments none, {@value #CHECK} to look at an installation, or {@value #UNINSTALL} for the end of one
     */
    public static void main(String[] arguments) {
        OperatorLog.configure();
        if (arguments.length > 0) {
            System.exit(command(String.join(" ", arguments)));
        }
        try {
            OperatorConfig config = OperatorConfig.from(System.getenv(), OperatorConfig.NAMESPACE_FILE);
            OperatorMain main = start(config, new ConfigBuilder().build(), Clock.systemUTC(), () -> System.exit(1));
            Runtime.getRuntime().addShutdownHook(new Thread(main::close, "shutdown"));
        } catch (IllegalArgumentException e) {
            LOG.error("{}", e.getMessage());
            System.exit(1);
        } catch (IOException | RuntimeException e) {
            LOG.error("The operator cannot start", e);
            System.exit(1);
        }
    }

    private static int command(String command) {
        return switch (command) {
            case CHECK -> CheckMain.run(System.getenv(), new ConfigBuilder().build());
            case UNINSTALL -> UninstallMain.run(System.getenv(), new ConfigBuilder().build());
            default -> {
                LOG.error("Called with '{}': there is nothing but '{}' and '{}'", command, CHECK, UNINSTALL);
                yield 2;
            }
        };
    }

    /**
     * Starts an operator. Without an election it acts when this method comes back, otherwise when it is elected.
     *
     * @param connection where the API server is and who we are
     * @param exit ends the process; called at most once, on a thread of its own, when only a restart helps
     * @throws IOException when the health port cannot be had
     */
    public static OperatorMain start(OperatorConfig config, Config connection, Clock clock, Runnable exit)
            throws IOException {
        OperatorMain main = new OperatorMain(config, connection, clock, exit);
        try {
            main.begin();
        } catch (RuntimeException e) {
            main.close();
            throw e;
        }
        return main;
    }

    private void begin() {
        if (config.lease().isEmpty()) {
            loop = startLoop();
        } else {
            election = LeaderElection.start(
                    client,
                    config.namespace(),
                    config.lease().get(),
                    () -> new Thread(this::act, "elected").start(),
                    this::giveUp);
        }
    }

    private ControlLoop startLoop() {
        // The first reconciles run before the last cache is filled.
        sight.opened();
        ControlLoop started = ControlLoop.start(config, client, clock, sight, metrics.loop(), this::giveUp);
        sight.opened();
        return started;
    }

    private int brokenWatches() {
        return loop().map(acting -> Readiness.broken(acting.runtime()).size()).orElse(0);
    }

    private Stream<DevicePluginDeployment> deployments() {
        return loop().map(ControlLoop::deployments).orElse(Stream.of());
    }

    private Set<String> cordonedNodes() {
        return loop().map(ControlLoop::cordonedNodes).orElse(Set.of());
    }

    private void act() {
        try {
            ControlLoop started = startLoop();
            if (!keep(started)) {
                started.close();
            }
        } catch (RuntimeException e) {
            LOG.error("The operator cannot start", e);
            giveUp("the operator cannot start: " + e.getMessage());
        }
    }

    private synchronized boolean keep(ControlLoop started) {
        if (!closed) {
            loop = started;
        }
        return !closed;
    }

    private synchronized void giveUp(String why) {
        if (beyondHelp == null && !closed) {
            beyondHelp = why;
            LOG.error("{}; the process ends, to be started again", why);
            new Thread(exit, "exit").start();
        }
    }

    private boolean mayWrite() {
        return config.lease().isEmpty() || election().map(LeaderElection::leads).orElse(false);
    }

    private Health alive() {
        if (beyondHelp != null) {
            return Health.failing(beyondHelp);
        }
        return metrics.loop()
                .runningLongerThan(STUCK)
                .findFirst()
                .map(name -> Health.failing("the reconcile of " + name + " hangs"))
                .orElse(Health.OK);
    }

    private Health ready() {
        Optional<ControlLoop> acting = loop();
        if (acting.isPresent()) {
            return Readiness.of(acting.get().runtime());
        }
        return election().map(OperatorMain::standingBy).orElse(Health.failing("starting"));
    }

    private static Health standingBy(LeaderElection election) {
        if (election.leads()) {
            return Health.failing("starting");
        }
        return election.trouble()
                .map(Health::failing)
                .orElseGet(() -> Health.ok(
                        "standing by, the leader is " + election.leader().orElse("not known yet")));
    }

    private Optional<ControlLoop> loop() {
        return Optional.ofNullable(loop);
    }

    private Optional<LeaderElection> election() {
        return Optional.ofNullable(election);
    }

    /** The port that the health endpoints listen on. */
    public int healthPort() {
        return health.port();
    }

    /** Ends what has begun, then lets another operator act. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        loop().ifPresent(ControlLoop::close);
        election().ifPresent(LeaderElection::close);
        health.close();
        client.close();
    }
}
