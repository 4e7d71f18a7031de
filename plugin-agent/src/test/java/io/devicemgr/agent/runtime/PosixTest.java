package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.runtime.Posix.Access;
import io.devicemgr.agent.runtime.Posix.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixTest {
    @TempDir
    Path directory;

    @Test
    void aDeviceThatCanBeOpenedHasNoFailure() throws IOException {
        for (Access access : Access.values()) {
            assertThat(Posix.tryOpen(Path.of("/dev/null"), access)).isEmpty();
        }
    }

    @Test
    void aFailureHasTheNumberAndTheTextOfTheSystem() throws IOException {
        assertThat(Posix.tryOpen(directory.resolve("gone"), Access.READ))
                .contains(new Failure(2, "No such file or directory"));
        Optional<Failure> written = Posix.tryOpen(directory, Access.WRITE);
        assertThat(written).map(Failure::toString).contains("Is a directory (errno 21)");
    }

    @Test
    void openingAPipeThatNobodyReadsFailsAtOnceInsteadOfWaiting() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(Posix.tryOpen(pipe, Access.WRITE)).map(Failure::errno).contains(6);
        assertThat(Posix.tryOpen(pipe, Access.READ)).isEmpty();
    }

    @Test
    void nothingIsCreatedAndNoDescriptorIsLeftOpen() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Posix.tryOpen(directory.resolve("other"), Access.READ_WRITE);
        Posix.tryOpen(file, Access.READ_WRITE);
        assertThat(directory.resolve("other")).doesNotExist();
        try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            assertThat(open).noneMatch(each -> leadsTo(each, file));
        }
    }

    @Test
    void oddNamesReachTheSystemByteForByte() throws IOException {
        for (String name : new String[] {"a b", "100%", "per%41cent", "ü", "a+b#c?d", "new\nline", "\u0001"}) {
            Path file = Files.createFile(directory.resolve(name));
            assertThat(Posix.tryOpen(file, Access.READ)).as(name).isEmpty();
        }
        assertThat(Posix.nativeName(Path.of("/x/100%"))).isEqualTo("/x/100%\0".getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false;
        }
    }
}
