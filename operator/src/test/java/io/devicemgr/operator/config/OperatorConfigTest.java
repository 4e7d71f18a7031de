package io.devicemgr.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorConfigTest {
    @TempDir
    Path directory;

    @Test
    void readsTheWholeEnvironment() {
        assertThat(read(Map.of(
                        "OPERATOR_NAMESPACE", "devices",
                        "AGENT_IMAGE", "agent:1",
                        "AGENT_IMAGE_PULL_POLICY", "Always",
                        "AGENT_IMAGE_PULL_SECRETS", "one, two",
                        "HEALTH_PORT", "9",
                        "LEADER_ELECTION", "true",
                        "POD_NAME", "operator-0",
                        "LEASE_SECONDS", "30")))
                .isEqualTo(new OperatorConfig(
                        "devices",
                        new AgentDefaults("agent:1", "Always", List.of("one", "two")),
                        9,
                        Optional.of(new LeaseSettings("operator-0", Duration.ofSeconds(30)))));
    }

    @Test
    void takesTheNamespaceOfItsServiceAccountAndPort8080ByDefault() throws IOException {
        Files.writeString(directory.resolve("namespace"), "from-file\n");

        assertThat(read(Map.of("AGENT_IMAGE", "agent:1", "LEADER_ELECTION", "false")))
                .isEqualTo(new OperatorConfig("from-file", "agent:1", 8080));
    }

    @Test
    void standsForElectionUnderANameOfItsOwnByDefault() {
        Map<String, String> environment = Map.of("OPERATOR_NAMESPACE", "devices", "AGENT_IMAGE", "agent:1");
        LeaseSettings one = read(environment).lease().orElseThrow();
        LeaseSettings other = read(environment).lease().orElseThrow();

        assertThat(one.duration()).isEqualTo(Duration.ofSeconds(15));
        assertThat(one.identity()).isNotBlank().isNotEqualTo(other.identity());
    }

    @ParameterizedTest
    @CsvSource({"AGENT_IMAGE_PULL_POLICY, Sometimes", "LEADER_ELECTION, no", "LEASE_SECONDS, 2", "LEASE_SECONDS, 1m"})
    void refusesWhatCannotBe(String variable, String value) {
        assertThatThrownBy(
                        () -> read(Map.of("OPERATOR_NAMESPACE", "devices", "AGENT_IMAGE", "agent:1", variable, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(variable)
                .hasMessageContaining("'" + value + "'");
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
