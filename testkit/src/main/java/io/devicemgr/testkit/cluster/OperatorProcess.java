package io.devicemgr.testkit.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operator as a process of this machine. */
public final class OperatorProcess implements AutoCloseable {
    /** Environment variable with the name of the pod that the process plays. */
    public static final String POD_NAME = "POD_NAME";

    private final ContainerProcess process;
    private final String name;
    private final Path log;

    private OperatorProcess(ContainerProcess process, String name, Path log) {
        this.process = process;
        this.name = name;
        this.log = log;
    }

    static OperatorProcess start(List<String> command, Map<String, String> environment, Path kubeconfig, Path directory)
            throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("KUBECONFIG", kubeconfig.toString());
        all.putIfAbsent("OPERATOR_NAMESPACE", SimulatedCluster.NAMESPACE);
        all.putIfAbsent(POD_NAME, "operator-0");
        String name = all.get(POD_NAME);
        Path log = directory.resolve(name + ".log");
        return new OperatorProcess(ContainerProcess.start(command, all, log, () -> {}), name, log);
    }

    /** Name of the pod that it plays. */
    public String name() {
        return name;
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

    /** Tells it to end, as Kubernetes does before it deletes a pod; comes back when it has ended. */
    public void terminate() {
        close();
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(10));
    }
}
