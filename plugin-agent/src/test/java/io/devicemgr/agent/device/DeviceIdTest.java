package io.devicemgr.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceIdTest {
    private static final String RESOURCE = "example.com/serial";

    @ParameterizedTest
    @CsvSource({
        "/dev/ttyUSB0, ttyUSB0",
        "/dev/serial/by-id/usb-FTDI_A9-if00, serial-by-id-usb-FTDI_A9-if00",
        "/dev/bus/usb/001/002, bus-usb-001-002",
        "/dev/disk/by-path/pci-0000:00:1f.2, disk-by-path-pci-0000_00_1f.2"
    })
    void theIdIsThePathBelowDev(String path, String id) {
        assertThat(id(path)).isEqualTo(id);
    }

    @Test
    void aLongPathIsShortenedAndStaysDistinct() {
        String stem = "/dev/" + "x".repeat(80);
        assertThat(id(stem + "1")).hasSize(58).matches("[A-Za-z0-9._-]+").isNotEqualTo(id(stem + "2"));
        assertThat(id(stem + "1")).isEqualTo(id(stem + "1"));
    }

    @Test
    void thereIsRoomForTheNumberOfAReplica() {
        assertThat(DeviceId.MAX_LENGTH + DeviceId.REPLICA_LENGTH).isEqualTo(63);
    }

    @ParameterizedTest
    @CsvSource({"é1, è1", "№ 1, # 1", "x\u0001x, x\u0002x"})
    void namesThatDifferInOddCharactersOnlyStayDistinct(String one, String other) {
        assertThat(id("/dev/usb-" + one))
                .matches("[A-Za-z0-9._-]+")
                .isNotEqualTo(id("/dev/usb-" + other))
                .isEqualTo(id("/dev/usb-" + one));
    }

    @Test
    void aSerialNumberWithASpaceStaysReadable() {
        assertThat(id("usb-0403-6001-A9 TRX")).isEqualTo("usb-0403-6001-A9_TRX");
    }

    @Test
    void anIdOfAnotherDeviceIsNotTakenTwice() {
        Set<DeviceId> taken = Set.of(new DeviceId("a-b"));
        DeviceId id = DeviceId.of("/dev/a/b", "/dev/a/b", RESOURCE, taken::contains);
        assertThat(id.value()).startsWith("a-b-").hasSize("a-b-".length() + 8);
        Set<DeviceId> both = Set.of(new DeviceId("a-b"), id);
        assertThat(DeviceId.of("/dev/a/b", "/dev/a/b", RESOURCE, both::contains))
                .isNotIn(both);
    }

    private static String id(String path) {
        return DeviceId.of(path, path, RESOURCE, id -> false).value();
    }
}
