package io.devicemgr.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UninstallMainIT {
    private static final Map<String, String> ENVIRONMENT = Map.of("OPERATOR_NAMESPACE", "devices");

    private static final Path DEFINITION = Path.of("../crds/yaml/deviceplugindeployments.devicemgr.io.yaml");

    @Test
    void whatTheApiServerRefusesIsTriedAgainByAnotherPod() throws IOException {
        try (SimulatedApiServer server = SimulatedApiServer.started()) {
            server.applyYaml(Files.readString(DEFINITION));
            server.failNext(Integer.MAX_VALUE, request -> true, 403, 0);
            assertThat(UninstallMain.run(ENVIRONMENT, server.clientConfig())).isEqualTo(3);

            server.clearFaults();
            assertThat(UninstallMain.run(ENVIRONMENT, server.clientConfig())).isZero();
        }
    }

    @Test
    void aWrongTimeoutIsNotTriedAgain() {
        try (SimulatedApiServer server = SimulatedApiServer.started()) {
            Map<String, String> wrong = Map.of("OPERATOR_NAMESPACE", "devices", "UNINSTALL_TIMEOUT_SECONDS", "soon");
            assertThat(UninstallMain.run(wrong, server.clientConfig())).isEqualTo(2);
        }
    }
}
