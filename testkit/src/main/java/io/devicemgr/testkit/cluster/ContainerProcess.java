package io.devicemgr.testkit.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The process of a container. A container of an idle image has none. */
final class ContainerProcess {
    private final Process process;

    private ContainerProcess(Process process) {
        this.process = process;
    }

    static ContainerProcess idle() {
        return new ContainerProcess(null);
    }

    static ContainerProcess start(List<String> command, Map<String, String> environment, Path log, Runnable onExit)
            throws IOException {
        Files.createDirectories(log.getParent());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        builder.environment().put("HOME", "/nonexistent");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.onExit().thenRun(onExit);
        return new ContainerProcess(process);
    }

    boolean alive() {
        return process == null || process.isAlive();
    }

    /** Exit code of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** The process id; -1 for an idle container. */
    long pid() {
        return process == null ? -1 : process.pid();
    }

    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Asks the process to end, and kills it when the grace time is over. */
    void stop(Duration grace) {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
