package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Health;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/devices.md says of every reason what it means and what to do. */
class DevicesPageTest {
    private static final Path PAGE = Path.of("../docs/devices.md");

    @ParameterizedTest
    @EnumSource
    void everyReasonOfADeviceHasARow(DeviceReason reason) throws IOException {
        assertThat(Files.readString(PAGE)).contains("\n| `" + reason + "` | ");
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonWhyNothingIsFoundIsExplained(NothingFound.Reason reason) throws IOException {
        assertThat(Files.readString(PAGE)).contains("\n* `" + reason + "`: ");
    }

    @Test
    void everyReasonOfTheAgentIsOneOfTheReport() {
        assertThat(Stream.of(Health.Reason.values()).map(Health.Reason::reported))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(DeviceReason.values()).map(DeviceReason::name).toList());
    }
}
