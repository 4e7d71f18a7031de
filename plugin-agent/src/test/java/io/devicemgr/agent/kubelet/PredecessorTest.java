package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.DeviceId;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredecessorTest {
    private static final String RESOURCE = "example.com/x";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    /** Rule 83, when the streams that ended were those of an agent that has gone in good order. */
    @Test
    void aDirectoryThatHasJustChangedMakesItPause() throws IOException {
        Files.createFile(kubelet());
        time(kubelet(), 60_000);
        time(directory, 300);
        assertThat(pause()).isEqualTo(Duration.ofMillis(700));
        time(directory, 1001);
        assertThat(pause()).isZero();
    }

    /** Rule 83, when they were those of an agent that was killed. */
    @Test
    void aDeadSocketMakesItPauseInFull() throws IOException {
        Path left = directory.resolve("dp-" + DeviceId.hash(RESOURCE) + "-zzzzzz.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(left));
            time(directory, 60_000);
            assertThat(pause()).as("somebody serves there").isZero();
        }
        assertThat(pause()).isEqualTo(Registration.PAUSE);
    }

    @Test
    void aKubeletThatHasStartedSinceKnowsOfNoPredecessor() throws IOException {
        Files.createFile(kubelet());
        time(kubelet(), 300);
        time(directory, 300);
        assertThat(pause()).isZero();
    }

    @Test
    void aTimeInTheFutureIsAClockThatWasSet() throws IOException {
        time(directory, -3_600_000);
        assertThat(pause()).isZero();
    }

    @Test
    void withoutDirectoryThereWasNobody() {
        Path none = directory.resolve("none");
        assertThat(new Predecessor(none, none.resolve("kubelet.sock")).pause(List.of(RESOURCE), NOW))
                .isZero();
    }

    private Duration pause() {
        return new Predecessor(directory, kubelet()).pause(List.of(RESOURCE), NOW);
    }

    private Path kubelet() {
        return directory.resolve("kubelet.sock");
    }

    private static void time(Path file, long millisAgo) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(NOW.minusMillis(millisAgo)));
    }
}
