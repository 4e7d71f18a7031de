package io.devicemgr.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorConfigTest {
    @TempDir
    Path directory;

    @Test
    void readsTheWholeEnvironment() {
        assertThat(read(Map.of("OPERATOR_NAMESPACE", "devices", "AGENT_IMAGE", "agent:1", "HEALTH_PORT", "9")))
                .isEqualTo(new OperatorConfig("devices", "agent:1", 9));
    }

    @Test
    void takesTheNamespaceOfItsServiceAccountAndPort8080ByDefault() throws IOException {
        Files.writeString(directory.resolve("namespace"), "from-file\n");

        assertThat(read(Map.of("AGENT_IMAGE", "agent:1"))).isEqualTo(new OperatorConfig("from-file", "agent:1", 8080));
    }

    @Test
    void saysWhichVariableIsMissing() {
        assertThatThrownBy(() -> read(Map.of("OPERATOR_NAMESPACE", "devices")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AGENT_IMAGE");
        assertThatThrownBy(() -> read(Map.of("AGENT_IMAGE", "agent:1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OPERATOR_NAMESPACE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "-1", "65536", "99999999999"})
    void refusesWhatIsNoPort(String port) {
        assertThatThrownBy(() ->
                        read(Map.of("OPERATOR_NAMESPACE", "devices", "AGENT_IMAGE", "agent:1", "HEALTH_PORT", port)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HEALTH_PORT")
                .hasMessageContaining(port);
    }

    private OperatorConfig read(Map<String, String> environment) {
        return OperatorConfig.from(environment, directory.resolve("namespace"));
    }
}
