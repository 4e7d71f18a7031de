package io.devicemgr.testkit.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operator as a process of this machine. */
public final class OperatorProcess implements AutoCloseable {
    private final ContainerProcess process;
    private final Path log;

    private OperatorProcess(ContainerProcess process, Path log) {
        this.process = process;
        this.log = log;
    }

    static OperatorProcess start(List<String> command, Map<String, String> environment, Path kubeconfig, Path directory)
            throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("KUBECONFIG", kubeconfig.toString());
        all.putIfAbsent("OPERATOR_NAMESPACE", SimulatedCluster.NAMESPACE);
        Path log = directory.resolve("operator.log");
        return new OperatorProcess(ContainerProcess.start(command, all, log, () -> {}), log);
    }

    /** Whether the process runs. */
    public boolean alive() {
        return process.alive();
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Where its output is. */
    public Path log() {
        return log;
    }

    /** Kills it without notice. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(10));
    }
}
