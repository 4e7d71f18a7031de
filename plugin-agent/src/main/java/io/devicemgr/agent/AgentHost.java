package io.devicemgr.agent;

import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.report.Situation;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Heartbeat;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of an agent over changes of its settings: the HTTP port and the metrics stay, the agent behind them is replaced
 * when the settings file asks for something else, and stays when it asks for something impossible.
 */
public final class AgentHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentHost.class);

    /** A file that is written in place makes no event; this is how long that may go unnoticed. */
    private static final Duration SLOW_LOOK = Duration.ofSeconds(60);

    private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

    /** Contract rule 83: pause between the end of the own streams and the next Register. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SettingsFile settings;
    private final Clock clock;
    private final Metrics metrics = new Metrics();
    private final HealthEndpoints endpoints;
    private final Heartbeat heartbeat = new Heartbeat("The replacement of the agent", Duration.ofSeconds(60));
    private final Semaphore wake = new Semaphore(0);
    private Agent agent;
    private volatile Agent running;
    private DirectoryWatch.Subscription subscription;
    private volatile boolean closed;

    /** @throws IOException when the HTTP port cannot be bound */
    AgentHost(SettingsFile settings, Clock clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        AgentConfig config = settings.good();
        this.endpoints = new HealthEndpoints(
                config.podIp(), config.healthPort(), this::missing, this::troubles, metrics.registry());
        AgentGauges.register(
                metrics.registry(),
                this::situation,
                config.revision(),
                () -> settings.error().isEmpty(),
                () -> !settings.good().settings().discoverOnly());
        AgentGauges.registerLosses(metrics.registry(), this::situation, this::mostLosses);
        metrics.registry().process(Path.of("/proc"));
    }

    /** Starts the agent; whoever calls this must then let a thread {@link #follow()}. */
    public synchronized void start() {
        launch(Optional.empty());
        endpoints.start();
    }

    /** Follows the settings file until the host is closed. */
    public void follow() {
        try {
            Duration wait = SLOW_LOOK;
            while (!closed) {
                boolean woken = wake.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
                wake.drainPermits();
                LOG.trace("Looking at the settings file{}", woken ? ", its directory has changed" : "");
                SettingsFile.Finding[] finding = new SettingsFile.Finding[1];
                heartbeat.beat(() -> finding[0] = look());
                wait = finding[0] == SettingsFile.Finding.SUSPECT ? SECOND_LOOK : SLOW_LOOK;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!closed) {
                heartbeat.died();
            }
        }
    }

    /** Port of /healthz, /readyz and /metrics. */
    public int port() {
        return endpoints.port();
    }

    /** Ends the agent in good order, then the port. */
    @Override
    public void close() {
        closed = true;
        wake.release();
        synchronized (this) {
            end();
        }
        endpoints.close();
    }

    private SettingsFile.Finding look() {
        SettingsFile.Finding finding;
        do {
            finding = settings.look();
            // What changed before the watch was set has made no event.
        } while (watchAgain() && finding == SettingsFile.Finding.UNCHANGED);
        switch (finding) {
            case REFUSED -> {
                LOG.warn(
                        "The new settings are refused, the agent goes on with the ones before: {}",
                        settings.error().orElse(""));
                metrics.settingsRefused();
                tell();
            }
            case MENDED -> {
                LOG.info("The settings file asks again for what runs");
                tell();
            }
            case ACCEPTED -> {
                LOG.info("The settings have changed, the agent starts anew with them");
                metrics.settingsAccepted();
                replace();
            }
            default -> LOG.trace("Nothing to do: {}", finding);
        }
        return finding;
    }

    private synchronized boolean watchAgain() {
        return !closed && subscription.watch(Set.of(settings.directory()));
    }

    private synchronized void tell() {
        if (agent != null) {
            agent.settingsError(settings.error().orElse(null));
        }
    }

    private void replace() {
        Optional<Agent> before;
        synchronized (this) {
            before = Optional.ofNullable(agent);
            end();
        }
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (!closed) {
                AgentLog.level(settings.good().settings().logLevel());
                launch(before);
            }
        }
    }

    private void launch(Optional<Agent> before) {
        AgentConfig config = settings.good();
        metrics.serving(
                config.settings().resources().stream().map(DeviceResource::name).toList());
        DirectoryWatch watch = new DirectoryWatch();
        subscription = watch.subscribe(wake::release);
        subscription.watch(Set.of(settings.directory()));
        agent = new Agent(config, clock, metrics, watch);
        before.ifPresent(agent::inherit);
        agent.start();
        running = agent;
    }

    private void end() {
        running = null;
        if (agent != null) {
            agent.close();
        }
    }

    /** Everything that the agent knows now; nothing while it is being replaced. */
    Optional<Situation> situation() {
        return Optional.ofNullable(running).map(Agent::situation);
    }

    private Map<String, Integer> mostLosses() {
        return Optional.ofNullable(running).map(Agent::mostLosses).orElse(Map.of());
    }

    /** Asks the kubelet what it knows, as happens every minute. */
    void readPodResources() {
        Optional.ofNullable(running).ifPresent(Agent::readPodResources);
    }

    private List<String> missing() {
        Agent current = running;
        return current == null ? List.of("the agent is being started with new settings") : current.missing();
    }

    private List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        heartbeat.trouble().ifPresent(troubles::add);
        Agent current = running;
        if (current != null) {
            troubles.addAll(current.troubles());
        }
        return troubles;
    }
}
