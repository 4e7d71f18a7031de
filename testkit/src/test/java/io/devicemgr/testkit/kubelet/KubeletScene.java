package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** A kubelet in a directory of its own and the plugins of one test, all closed afterwards. */
abstract class KubeletScene {
    static final String RESOURCE = "example.com/serial";
    static final Duration SOON = Duration.ofSeconds(10);

    static {
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
        Awaitility.setDefaultPollDelay(Duration.ZERO);
    }

    final VirtualClock clock = new VirtualClock();
    final Path root;
    private final List<ScriptedPlugin> plugins = new ArrayList<>();
    private final List<SimulatedKubelet> kubelets = new ArrayList<>();

    KubeletScene() {
        try {
            root = Files.createTempDirectory(Path.of("/tmp"), "k");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    SimulatedKubelet kubelet(UnaryOperator<SimulatedKubeletOptions> settings) {
        SimulatedKubelet kubelet = new SimulatedKubelet(
                settings.apply(SimulatedKubeletOptions.below(root).withClock(clock)));
        kubelets.add(kubelet);
        kubelet.start();
        return kubelet;
    }

    /** What follows is about plugins that cannot be dialled: the kubelet's 10 s need not be waited for. */
    static void givingUpSoon(SimulatedKubelet kubelet) {
        kubelet.faults().giveUpDialsAfter(Duration.ofMillis(500));
    }

    SimulatedKubelet kubelet() {
        return kubelet(options -> options);
    }

    ScriptedPlugin plugin(SimulatedKubelet kubelet, String resource, String socketName) {
        ScriptedPlugin plugin = new ScriptedPlugin(kubelet, resource, socketName);
        plugins.add(plugin);
        return plugin;
    }

    ScriptedPlugin plugin(SimulatedKubelet kubelet) {
        return plugin(kubelet, RESOURCE, "p" + plugins.size() + ".sock");
    }

    /** Serves, registers, and waits until the kubelet has taken its first list. */
    void join(SimulatedKubelet kubelet, ScriptedPlugin plugin) {
        plugin.serve();
        rejoin(kubelet, plugin);
    }

    void rejoin(SimulatedKubelet kubelet, ScriptedPlugin plugin) {
        int before = listsTaken(kubelet, plugin);
        plugin.register();
        await().atMost(SOON).until(() -> listsTaken(kubelet, plugin) > before);
        await().atMost(SOON).until(() -> plugin.streams() > 0);
    }

    private static int listsTaken(SimulatedKubelet kubelet, ScriptedPlugin plugin) {
        return kubelet.devices(plugin.resource).map(ReceivedList::number).orElse(0);
    }

    void counts(SimulatedKubelet kubelet, String resource, int capacity, int allocatable) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kubelet.statusTick())
                        .containsEntry(resource, new DeviceCount(capacity, allocatable)));
    }

    void counts(SimulatedKubelet kubelet, int capacity, int allocatable) {
        counts(kubelet, RESOURCE, capacity, allocatable);
    }

    static void assertViolation(SimulatedKubelet kubelet, ViolationKind kind) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kubelet.violations())
                        .extracting(Violation::kind)
                        .contains(kind));
    }

    @AfterEach
    void closeAll() throws IOException {
        plugins.forEach(ScriptedPlugin::close);
        kubelets.forEach(SimulatedKubelet::close);
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
