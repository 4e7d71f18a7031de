package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node starts, and when it starts nothing. */
class NodePodsIT {
    @TempDir
    Path directory;

    private final Pod pod = new PodBuilder()
            .withNewMetadata()
            .withName("p")
            .withUid("u")
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();

    @Test
    void aNodeThatHasStoppedStartsNothingThatItHearsOfAfterwards() throws Exception {
        List<Pod> started = new ArrayList<>();
        try (SimulatedKubelet kubelet =
                new SimulatedKubelet(SimulatedKubeletOptions.below(Files.createDirectories(directory.resolve("k"))))) {
            kubelet.start();
            NodePods pods = new NodePods(null, kubelet, Duration.ofSeconds(1), p -> {
                started.add(p);
                throw new IllegalStateException("started");
            });
            pods.stop();
            pods.known(pod);
            pods.sync(Instant.now());
            assertThat(started).isEmpty();
        }
    }
}
