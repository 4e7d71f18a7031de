package io.devicemgr.agent;

import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.config.ConfigurationException;
import io.devicemgr.api.agent.AgentSettings.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent as a process: environment in, signals, exit codes. */
public final class AgentMain {
    /** Exit code for a configuration that cannot be used, as in sysexits.h. */
    static final int BAD_CONFIGURATION = 64;

    /** Exit code for an error of the agent itself or of the machine. */
    static final int FAILED = 70;

    private static final int STOP_SECONDS = 5;

    private AgentMain() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(String[] arguments) {
        AgentLog.Preparation.run();
        try {
            AgentConfig config = AgentConfig.read(System.getenv());
            AgentLog.level(config.settings().logLevel());
            run(config);
        } catch (ConfigurationException e) {
            System.err.println("Bad configuration: " + e.getMessage());
            System.exit(BAD_CONFIGURATION);
        } catch (IOException e) {
            System.err.println("The agent cannot start: " + e.getMessage());
            System.exit(FAILED);
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(AgentMain.class).error("The agent has failed; it must be started again", e);
            // Threads that are left would keep a process alive that serves nobody; a hook would call it a success.
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static void run(AgentConfig config) throws IOException {
        Map<String, String> environment = System.getenv();
        SettingsFile settings = new SettingsFile(
                Path.of(environment.get(Environment.SETTINGS_FILE).strip()),
                () -> AgentConfig.read(environment),
                config);
        AgentHost agent = new AgentHost(settings, Clock.systemUTC());
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, end), "stop"));
        agent.start();
        agent.follow();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(AgentHost agent, CountDownLatch end) {
        Logger log = LoggerFactory.getLogger(AgentMain.class);
        log.info("Stopping");
        Thread closing = new Thread(agent::close, "close");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.info(closing.isAlive() ? "Not stopped in time, leaving anyway" : "Stopped");
        end.countDown();
        // A stop that was asked for is a success; the JVM would say 143.
        Runtime.getRuntime().halt(closing.isAlive() ? FAILED : 0);
    }
}
