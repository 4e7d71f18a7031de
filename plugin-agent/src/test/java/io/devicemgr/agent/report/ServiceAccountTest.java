package io.devicemgr.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceAccountTest {
    @TempDir
    Path directory;

    @Test
    void theTokenIsReadAnewWhenItWasRefused() throws IOException {
        ServiceAccount account = new ServiceAccount(directory);
        Path file = Files.writeString(directory.resolve("token"), "eyJh.first_-\n");
        assertThat(account.token()).isEqualTo("eyJh.first_-");
        var time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(Files.writeString(file, "second=="), time);
        account.tokenRefused();
        assertThat(account.token()).isEqualTo("second==");
    }

    @Test
    void aTokenThatIsNoneIsNotNamedInTheError() throws IOException {
        Files.writeString(directory.resolve("token"), "secret\nsecret");
        assertThatIOException()
                .isThrownBy(() -> new ServiceAccount(directory).token())
                .withMessage(directory.resolve("token") + " is not a token");
    }
}
