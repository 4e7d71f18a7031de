package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.config.ConfigurationException;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.testkit.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleSettingsTest {
    @TempDir
    Path directory;

    static List<Example> examples() {
        return Example.below(Path.of("../examples"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anAgentAcceptsWhatTheExampleAsksFor(Example example) throws IOException, ConfigurationException {
        DevicePluginDeploymentSpec spec = example.spec();
        AgentSettings settings = new AgentSettings(
                example.name(),
                "uid",
                spec.agent().logLevel(),
                spec.discoverOnly(),
                spec.resources(),
                spec.agent().registration());
        Path file = Files.writeString(directory.resolve(AgentSettings.FILE_NAME), settings.toJson());
        AgentConfig config = AgentConfig.read(Map.of(
                Environment.SETTINGS_FILE, file.toString(),
                Environment.NODE_NAME, "node-1",
                Environment.POD_IP, "10.0.0.7",
                Environment.API_HOST, "10.96.0.1"));
        assertThat(config.settings()).isEqualTo(settings);
    }
}
