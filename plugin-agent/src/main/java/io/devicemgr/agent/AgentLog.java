package io.devicemgr.agent;

import io.devicemgr.agent.runtime.OneLine;
import io.devicemgr.api.v1alpha1.AgentSpec.LogLevel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per event on standard error, at the level that the deployment asks for. */
final class AgentLog {
    private static final String MANAGER = "java.util.logging.manager";

    /** Kept, because the JVM forgets the level of a logger that nobody holds. */
    private static final List<Logger> KEPT =
            List.of(Logger.getLogger("io.devicemgr"), Logger.getLogger("io.netty.bootstrap"));

    private AgentLog() {}

    /** Must run before anything of java.util.logging, this class included, is initialised. */
    static final class Preparation {
        private Preparation() {}

        static void run() {
            System.setProperty(MANAGER, LastWords.class.getName());
        }
    }

    static void level(LogLevel level) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            handler.setLevel(Level.ALL);
            handler.setFormatter(new Lines());
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

    /** Time, level, message. The JDK's own formatter loads the locale data of the whole world to write a date. */
    private static final class Lines extends Formatter {
        @Override
        public String format(LogRecord event) {
            StringWriter text = new StringWriter();
            text.append(event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
                    .append(' ')
                    .append(event.getLevel().getName())
                    .append(' ')
                    .append(OneLine.of(String.valueOf(event.getMessage())))
                    .append('\n');
            if (event.getThrown() != null) {
                event.getThrown().printStackTrace(new PrintWriter(text, true));
            }
            return text.toString();
        }
    }

    /** The JVM resets logging while shutdown hooks run; the agent still has something to say then. */
    public static final class LastWords extends LogManager {
        @Override
        public void reset() {
            // Handlers stay until the process ends.
        }
    }
}
