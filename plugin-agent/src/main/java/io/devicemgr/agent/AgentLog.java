package io.devicemgr.agent;

import io.devicemgr.api.v1alpha1.AgentSpec.LogLevel;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** One line per event on standard error, at the level that the deployment asks for. */
public final class AgentLog extends LogManager {
    private static final String MANAGER = "java.util.logging.manager";
    private static final String FORMAT = "java.util.logging.SimpleFormatter.format";

    /** Called before the first logger exists. */
    static void prepare() {
        System.setProperty(MANAGER, AgentLog.class.getName());
        if (System.getProperty(FORMAT) == null) {
            System.setProperty(FORMAT, "%1$tY-%1$tm-%1$tdT%1$tH:%1$tM:%1$tS.%1$tL%1$tz %4$s %5$s%6$s%n");
        }
    }

    static void level(LogLevel level) {
        Level wanted = level(level.name());
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            handler.setLevel(Level.ALL);
        }
        root.setLevel(Level.WARNING);
        Logger.getLogger("io.devicemgr").setLevel(wanted);
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
    @Override
    public void reset() {
        // The first reset, by the configuration itself, finds nothing to reset.
    }
}
