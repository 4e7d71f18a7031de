package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.cluster.SimulatedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The operator in a process of its own, with the settings of the image, against a hollow cluster. */
final class LoneOperator implements AutoCloseable {
    private static final int STOP_SECONDS = 20;
    private static final int LAST_LINES = 20;

    private final Process process;
    private final Path log;
    private final long startNanos;

    private LoneOperator(Process process, Path log, long startNanos) {
        this.process = process;
        this.log = log;
        this.startNanos = startNanos;
    }

    /**
     * Starts it as it was built.
     *
     * @param cores what taskset takes for a list of processors; empty for all of them
     */
    static LoneOperator start(Distribution distribution, HollowCluster cluster, String cores) throws IOException {
        List<String> command = new ArrayList<>();
        if (!cores.isEmpty()) {
            command.addAll(List.of("taskset", "-c", cores));
        }
        command.addAll(distribution.operatorCommand());
        return start(command, cluster);
    }

    /** Starts it with a command. */
    static LoneOperator start(List<String> command, HollowCluster cluster) throws IOException {
        Path log = cluster.directory().resolve("operator.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(Distribution.OPERATOR_ENVIRONMENT);
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        builder.environment().put("POD_NAME", "operator-0");
        builder.environment().put("OPERATOR_NAMESPACE", SimulatedCluster.NAMESPACE);
        long start = System.nanoTime();
        return new LoneOperator(builder.start(), log, start);
    }

    /** How long after its start a moment in the time of {@link System#nanoTime()} was. */
    double millisSinceStart(long nanos) {
        return (nanos - startNanos) / 1e6;
    }

    ProcessFigures figures() throws IOException {
        return ProcessFigures.of(process.pid());
    }

    /** The most memory that it ever had, in MiB. */
    double peakMiB() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(text -> text.startsWith("VmHWM:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.split("\\s+")[1]) / 1024.0;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** What its log ends with. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the operator ends", e);
        }
    }
}
