package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.devicemgr.testkit.kubelet.StartResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a vendor tests a device plugin: the plugin as a process, and a kubelet that judges it. */
class VendorPluginIT {
    private static final String RESOURCE = "example.com/null";

    private SimulatedKubelet kubelet;
    private Process plugin;

    @BeforeEach
    void start() throws IOException {
        // Stands for /var/lib/kubelet. Short: the path of a Unix socket has at most 107 bytes.
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "k");
        kubelet = new SimulatedKubelet(SimulatedKubeletOptions.below(directory));
        kubelet.start();
        // Yours: new ProcessBuilder("/path/to/plugin", "--plugin-directory", directory + "/device-plugins").start()
        plugin = VendorPlugin.start(directory);
        awaitDevices(2, 1);
    }

    @AfterEach
    void pluginHasKeptTheContract() {
        plugin.destroy();
        kubelet.close();
        kubelet.assertNoViolations();
    }

    /** Waits until the kubelet works with its stream of that number, and so many devices can be had. */
    private void awaitDevices(int allocatable, int streams) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> kubelet.serves(RESOURCE, streams)
                        && kubelet.statusTick().get(RESOURCE).allocatable() == allocatable);
    }

    @Test
    void aContainerGetsItsDevice() {
        PodSpecification pod = PodSpecification.of("one", RESOURCE, 1);
        assertThat(kubelet.admit(pod).containers().get("main").devices()).hasSize(1);
        assertThat(kubelet.startContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(kubelet.admit(PodSpecification.of("two", RESOURCE, 2))).isInstanceOf(AdmissionResult.Rejected.class);
    }

    @Test
    void theKubeletMayRestart() {
        PodSpecification pod = PodSpecification.of("one", RESOURCE, 1);
        var before = kubelet.admit(pod).containers().get("main");
        kubelet.restart();
        awaitDevices(2, 2);
        assertThat(kubelet.readmitPods().get(pod.uid()).containers().get("main"))
                .isEqualTo(before);
    }

    @Test
    void thePluginMayCrash() throws IOException {
        plugin.destroyForcibly();
        await().until(() -> kubelet.statusTick().get(RESOURCE).allocatable() == 0);
        plugin = VendorPlugin.start(kubelet.options().devicePluginsDir().getParent());
        awaitDevices(2, 2);
    }
}
