package io.devicemgr.agent;

import static io.devicemgr.agent.SettingsFile.Finding.ACCEPTED;
import static io.devicemgr.agent.SettingsFile.Finding.MENDED;
import static io.devicemgr.agent.SettingsFile.Finding.REFUSED;
import static io.devicemgr.agent.SettingsFile.Finding.SUSPECT;
import static io.devicemgr.agent.SettingsFile.Finding.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.config.ConfigurationException;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    private static final String GOOD = json("/dev/a*");

    @TempDir
    Path directory;

    private Path file;
    private SettingsFile settings;

    @BeforeEach
    void start() throws IOException, ConfigurationException {
        file = Files.writeString(directory.resolve("settings.json"), GOOD);
        settings = new SettingsFile(file, this::read, read());
    }

    @Test
    void theSameTextAndTheSameMeaningAreNoChange() throws IOException {
        assertThat(settings.look()).isEqualTo(UNCHANGED);
        Files.writeString(file, GOOD + "\n");
        assertThat(settings.look()).isEqualTo(UNCHANGED);
    }

    @Test
    void otherGoodSettingsAreAcceptedOnce() throws IOException {
        Files.writeString(file, json("/dev/b*"));
        assertThat(settings.look()).isEqualTo(ACCEPTED);
        assertThat(settings.good().settings().toJson()).isEqualTo(json("/dev/b*"));
        assertThat(settings.look()).isEqualTo(UNCHANGED);
    }

    @Test
    void settingsThatDoNotParseAreRefusedAtTheSecondLookAndTheOldOnesStay() throws IOException {
        Files.writeString(file, "{ half");
        assertThat(settings.look()).isEqualTo(SUSPECT);
        assertThat(settings.error()).isEmpty();
        assertThat(settings.look()).isEqualTo(REFUSED);
        assertThat(settings.error()).get().asString().contains("settings.json", "the same release");
        assertThat(settings.look()).as("said once").isEqualTo(UNCHANGED);
        assertThat(settings.good().settings().toJson()).isEqualTo(GOOD);
    }

    @Test
    void settingsThatAskForTheImpossibleAreRefusedWithTheField() throws IOException {
        Files.writeString(file, json("/etc/*"));
        settings.look();
        assertThat(settings.look()).isEqualTo(REFUSED);
        assertThat(settings.error())
                .get()
                .asString()
                .contains("spec.resources[0].discover", "/etc/*", "Correct the DevicePluginDeployment");
    }

    @Test
    void aFileThatHasGoneIsRefusedLikeABadOne() throws IOException {
        Files.delete(file);
        assertThat(settings.look()).isEqualTo(SUSPECT);
        assertThat(settings.look()).isEqualTo(REFUSED);
        assertThat(settings.look()).isEqualTo(UNCHANGED);
        assertThat(settings.error()).get().asString().contains("cannot be read");
    }

    @Test
    void oneThatIsCompleteAtTheSecondLookWasOnlyBeingWritten() throws IOException {
        Files.writeString(file, json("/dev/b*").substring(0, 20));
        assertThat(settings.look()).isEqualTo(SUSPECT);
        Files.writeString(file, json("/dev/b*"));
        assertThat(settings.look()).isEqualTo(ACCEPTED);
        assertThat(settings.error()).isEmpty();
    }

    @Test
    void theErrorGoesWhenTheFileAsksAgainForWhatRuns() throws IOException {
        Files.writeString(file, "{");
        settings.look();
        settings.look();
        Files.writeString(file, GOOD);
        assertThat(settings.look()).isEqualTo(MENDED);
        assertThat(settings.error()).isEmpty();
        assertThat(settings.look()).isEqualTo(UNCHANGED);
    }

    private AgentConfig read() throws ConfigurationException {
        return AgentConfig.read(Map.of(
                Environment.SETTINGS_FILE, file.toString(),
                Environment.NODE_NAME, "node-1",
                Environment.POD_IP, "127.0.0.1",
                Environment.API_HOST, "127.0.0.1"));
    }

    private static String json(String glob) {
        DeviceResource resource =
                new DeviceResource("example.com/serial", List.of(DeviceSelector.path(glob)), null, null, null, null);
        return new AgentSettings("lab", "uid", null, false, List.of(resource), null).toJson();
    }
}
