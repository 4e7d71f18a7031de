package io.devicemgr.testkit.kubelet;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The settings of one simulated kubelet. {@code statusInterval} is the wall-clock period of the node status update, empty
 * when a test calls {@link SimulatedKubelet#statusTick()} itself; {@code watcherInterval} is that of the plugin watcher's
 * loop, empty when a test calls {@link SimulatedKubelet#watcherTick()}. {@code dialLimit} is 10 s in a real kubelet.
 * Without a {@code pluginsRegistryDir} there is no plugin watcher.
 */
public record SimulatedKubeletOptions(
        Path devicePluginsDir,
        Path podResourcesSocket,
        List<Integer> numaNodes,
        TopologyPolicy topologyPolicy,
        InstantSource clock,
        long seed,
        Optional<Duration> statusInterval,
        Duration dialLimit,
        KubeletProfile profile,
        RepeatedRegistration repeatedRegistration,
        Optional<Path> pluginsRegistryDir,
        Optional<Duration> watcherInterval) {

    /** The period of the plugin watcher's loop in a real kubelet (contract 1.N). */
    public static final Duration WATCHER_LOOP = Duration.ofSeconds(1);

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
                Duration.ofSeconds(10),
                KubeletProfile.K136,
                RepeatedRegistration.REFUSED,
                Optional.empty(),
                Optional.of(WATCHER_LOOP));
    }

    /** The registry socket, {@code kubelet.sock} in the device plugin directory. */
    public Path kubeletSocket() {
        return devicePluginsDir.resolve("kubelet.sock");
    }

    /** The machine's NUMA nodes (ids 0 to 63). */
    public SimulatedKubeletOptions withNumaNodes(Integer... nodes) {
        return changed(draft -> draft.numaNodes = List.of(nodes));
    }

    /** The topology manager policy. */
    public SimulatedKubeletOptions withTopologyPolicy(TopologyPolicy policy) {
        return changed(draft -> draft.topologyPolicy = policy);
    }

    /** The clock of the 5 minutes of grace and of the plugin watcher's back-off. */
    public SimulatedKubeletOptions withClock(InstantSource source) {
        return changed(draft -> draft.clock = source);
    }

    /** The seed of every order that a real kubelet leaves to chance. */
    public SimulatedKubeletOptions withSeed(long newSeed) {
        return changed(draft -> draft.seed = newSeed);
    }

    /** Updates the node status by itself at this wall-clock period. */
    public SimulatedKubeletOptions withStatusInterval(Duration interval) {
        return changed(draft -> draft.statusInterval = Optional.of(interval));
    }

    /** How long the kubelet tries to reach a plugin, by {@code Register} or by the plugin watcher. */
    public SimulatedKubeletOptions withDialLimit(Duration limit) {
        return changed(draft -> draft.dialLimit = limit);
    }

    /** Which kubelet it is. */
    public SimulatedKubeletOptions profile(KubeletProfile kubelet) {
        return changed(draft -> draft.profile = kubelet);
    }

    /** What {@link KubeletProfile#K137} does with a resource and socket that it still has; nothing for K136. */
    public SimulatedKubeletOptions withRepeatedRegistration(RepeatedRegistration answer) {
        return changed(draft -> draft.repeatedRegistration = answer);
    }

    /** Watches this directory for plugins as well ({@code /var/lib/kubelet/plugins_registry} on a real node). */
    public SimulatedKubeletOptions withPluginsRegistry(Path directory) {
        return changed(draft -> draft.pluginsRegistryDir = Optional.of(directory));
    }

    /** The wall-clock period of the plugin watcher's loop; empty when a test makes every pass itself. */
    public SimulatedKubeletOptions withWatcherInterval(Optional<Duration> interval) {
        return changed(draft -> draft.watcherInterval = interval);
    }

    private SimulatedKubeletOptions changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new SimulatedKubeletOptions(
                devicePluginsDir,
                podResourcesSocket,
                draft.numaNodes,
                draft.topologyPolicy,
                draft.clock,
                draft.seed,
                draft.statusInterval,
                draft.dialLimit,
                draft.profile,
                draft.repeatedRegistration,
                draft.pluginsRegistryDir,
                draft.watcherInterval);
    }

    /** The settings that can be changed, while they are. */
    private static final class Draft {
        private List<Integer> numaNodes;
        private TopologyPolicy topologyPolicy;
        private InstantSource clock;
        private long seed;
        private Optional<Duration> statusInterval;
        private Duration dialLimit;
        private KubeletProfile profile;
        private RepeatedRegistration repeatedRegistration;
        private Optional<Path> pluginsRegistryDir;
        private Optional<Duration> watcherInterval;

        private Draft(SimulatedKubeletOptions options) {
            numaNodes = options.numaNodes;
            topologyPolicy = options.topologyPolicy;
            clock = options.clock;
            seed = options.seed;
            statusInterval = options.statusInterval;
            dialLimit = options.dialLimit;
            profile = options.profile;
            repeatedRegistration = options.repeatedRegistration;
            pluginsRegistryDir = options.pluginsRegistryDir;
            watcherInterval = options.watcherInterval;
        }
    }
}
