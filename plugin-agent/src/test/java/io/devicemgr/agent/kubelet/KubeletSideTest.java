package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletSideTest {
    @TempDir
    private Path directory;

    @Test
    void aKubeletThatIsThereIsKnownBeforeTheFirstReport() throws IOException {
        assertThat(presentAtFirst()).isFalse();
        Files.createFile(directory.resolve("kubelet.sock"));
        assertThat(presentAtFirst()).isTrue();
    }

    private boolean presentAtFirst() {
        try (DirectoryWatch watch = new DirectoryWatch();
                KubeletSide side = new KubeletSide(
                        directory,
                        directory.resolve("none.sock"),
                        Optional.empty(),
                        List.of(),
                        new InventoryStore(),
                        watch,
                        new Metrics())) {
            return side.kubeletPresent();
        }
    }
}
