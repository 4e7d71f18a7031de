package io.devicemgr.testkit.kubelet;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one simulated kubelet. {@code statusInterval} is the wall-clock period of the node status update;
 * empty when a test calls {@link SimulatedKubelet#statusTick()} itself. {@code dialLimit} is 10 s in a real kubelet.
 */
public record SimulatedKubeletOptions(
        Path devicePluginsDir,
        Path podResourcesSocket,
        List<Integer> numaNodes,
        TopologyPolicy topologyPolicy,
        InstantSource clock,
        long seed,
        Optional<Duration> statusInterval,
        Duration dialLimit) {

    public SimulatedKubeletOptions {
        numaNodes = List.copyOf(numaNodes);
    }

    /** The defaults of a kubelet whose data is below this directory ({@code /var/lib/kubelet} on a real node). */
    public static SimulatedKubeletOptions below(Path kubeletDirectory) {
        return new SimulatedKubeletOptions(
                kubeletDirectory.resolve("device-plugins"),
                kubeletDirectory.resolve("pod-resources").resolve("kubelet.sock"),
                List.of(0),
                TopologyPolicy.NONE,
                InstantSource.system(),
                1,
                Optional.empty(),
                Duration.ofSeconds(10));
    }

    /** The registry socket, {@code kubelet.sock} in the device plugin directory. */
    public Path kubeletSocket() {
        return devicePluginsDir.resolve("kubelet.sock");
    }

    /** The machine's NUMA nodes (ids 0 to 63). */
    public SimulatedKubeletOptions withNumaNodes(Integer... nodes) {
        return new SimulatedKubeletOptions(
                devicePluginsDir,
                podResourcesSocket,
                List.of(nodes),
                topologyPolicy,
                clock,
                seed,
                statusInterval,
                dialLimit);
    }

    /** The topology manager policy. */
    public SimulatedKubeletOptions withTopologyPolicy(TopologyPolicy policy) {
        return new SimulatedKubeletOptions(
                devicePluginsDir, podResourcesSocket, numaNodes, policy, clock, seed, statusInterval, dialLimit);
    }

    /** The clock of the 5 minutes of grace. */
    public SimulatedKubeletOptions withClock(InstantSource source) {
        return new SimulatedKubeletOptions(
                devicePluginsDir,
                podResourcesSocket,
                numaNodes,
                topologyPolicy,
                source,
                seed,
                statusInterval,
                dialLimit);
    }

    /** The seed of every order that a real kubelet leaves to chance. */
    public SimulatedKubeletOptions withSeed(long newSeed) {
        return new SimulatedKubeletOptions(
                devicePluginsDir,
                podResourcesSocket,
                numaNodes,
                topologyPolicy,
                clock,
                newSeed,
                statusInterval,
                dialLimit);
    }

    /** Updates the node status by itself at this wall-clock period. */
    public SimulatedKubeletOptions withStatusInterval(Duration interval) {
        return new SimulatedKubeletOptions(
                devicePluginsDir,
                podResourcesSocket,
                numaNodes,
                topologyPolicy,
                clock,
                seed,
                Optional.of(interval),
                dialLimit);
    }

    /** How long Register tries to reach the plugin. */
    public SimulatedKubeletOptions withDialLimit(Duration limit) {
        return new SimulatedKubeletOptions(
                devicePluginsDir, podResourcesSocket, numaNodes, topologyPolicy, clock, seed, statusInterval, limit);
    }
}
