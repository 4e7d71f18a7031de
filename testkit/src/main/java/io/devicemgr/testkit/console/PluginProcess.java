package io.devicemgr.testkit.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The plugin under test, when the command line says how to start it. Its output goes where that of the command goes. */
final class PluginProcess implements AutoCloseable {
    private static final int GRACE_SECONDS = 10;

    private final List<String> command;
    private Process process;

    PluginProcess(List<String> command) {
        this.command = command;
    }

    /**
     * Starts it, unless there is none to be started.
     *
     * @throws IllegalStateException when it runs already
     */
    synchronized void start() {
        if (command.isEmpty()) {
            return;
        }
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("the plugin runs already, as process " + process.pid());
        }
        try {
            process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as a container runtime does (SIGTERM), and kills it after 10 s. */
    synchronized void stop() {
        end(running());
    }

    /** Ends it without notice (SIGKILL). */
    synchronized void kill() {
        await(running().destroyForcibly());
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("no plugin was started: write its command behind -- on the command line");
        }
        return process;
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                await(process.destroyForcibly());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (process != null) {
            end(process);
        }
    }
}
