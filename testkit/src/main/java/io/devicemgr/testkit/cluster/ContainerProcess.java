package io.devicemgr.testkit.cluster;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The process of a container. A container of an idle image has none. */
final class ContainerProcess {
    private static final int LAST_WORDS = 2048;

    private final Process process;
    private final Path log;
    private final long logStart;

    private ContainerProcess(Process process, Path log, long logStart) {
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    static ContainerProcess idle() {
        return new ContainerProcess(null, null, 0);
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
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        Process process = builder.start();
        process.onExit().thenRun(onExit);
        return new ContainerProcess(process, log, logStart);
    }

    boolean alive() {
        return process == null || process.isAlive();
    }

    /** Whether a real process is still there; an idle container ends as soon as it is asked to. */
    boolean holdsOn() {
        return process != null && process.isAlive();
    }

    /** Exit code of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** The end of what it has written, as much of it as a kubelet takes for a termination message. */
    String lastWords() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(logStart, file.length() - LAST_WORDS));
            byte[] text = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(text);
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
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

    /** Kills it and returns when it is gone. */
    void killAndWait() {
        if (process == null) {
            return;
        }
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the process to end. */
    void terminate() {
        if (process != null) {
            process.destroy();
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
