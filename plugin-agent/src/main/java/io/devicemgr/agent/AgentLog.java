package io.devicemgr.agent;

import io.devicemgr.api.v1alpha1.AgentSpec.LogLevel;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** One line per event on standard error, at the level that the deployment asks for. */
final class AgentLog {
    private static final String MANAGER = "java.util.logging.manager";
    private static final String FORMAT = "java.util.logging.SimpleFormatter.format";

    /** Kept, because the JVM forgets the level of a logger that nobody holds. */
    private static final List<Logger> KEPT =
            List.of(Logger.getLogger("io.devicemgr"), Logger.getLogger("io.netty.bootstrap"));

    private AgentLog() {}

    /** Must run before anything of java.util.logging, this class included, is initialised. */
    static final class Preparation {
        private Preparation() {}

        static void run() {
            System.setProperty(MANAGER, LastWords.class.getName());
            if (System.getProperty(FORMAT) == null) {
                System.setProperty(FORMAT, "%1$tY-%1$tm-%1$tdT%1$tH:%1$tM:%1$tS.%1$tL%1$tz %4$s %5$s%6$s%n");
            }
        }
    }

    static void level(LogLevel level) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            handler.setLevel(Level.ALL);
        }
        root.setLevel(Level.WARNING);
        KEPT.get(0).setLevel(level(level.name()));
        // gRPC sets SO_KEEPALIVE on Unix sockets too, which Netty warns of at each connection.
        KEPT.get(1).setLevel(Level.SEVERE);
    }

    private static Level level(String name) {
        return switch (name) {
            case "error" -> Level.SEVERE;
            case "warn" -> Level.WARNING;
            case "debug" -> Level.FINE;
            case "trace" -> Level.FINEST;
            default -> Level.INFO;
        };
    }

    /** The JVM resets logging while shutdown hooks run; the agent still has something to say then. */
    public static final class LastWords extends LogManager {
        @Override
        public void reset() {
            // Handlers stay until the process ends.
        }
    }
}
