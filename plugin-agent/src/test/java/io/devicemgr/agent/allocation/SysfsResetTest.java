package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SysfsResetTest {
    private static final String GPU = "/sys/devices/pci0000:00/0000:03:00.0";
    private static final String CONTROLLER = "/sys/devices/pci0000:00/0000:00:14.0";
    private static final String SERIAL = CONTROLLER + "/usb1/1-2";

    @TempDir
    private Path sys;

    private final List<String> written = new ArrayList<>();
    private SysfsReset reset;

    @BeforeEach
    void tree() throws IOException {
        Files.createDirectories(sys.resolve("bus"));
        make(GPU, "bus/pci");
        make(GPU + "/drm/card0", "class/drm");
        make(CONTROLLER, "bus/pci");
        make(CONTROLLER + "/usb1", "bus/usb");
        make(SERIAL, "bus/usb");
        make(SERIAL + "/1-2:1.0", "bus/usb");
        make(SERIAL + "/1-2:1.0/ttyUSB0", "bus/usb-serial");
        make(SERIAL + "/1-2:1.0/ttyUSB0/tty/ttyUSB0", "class/tty");
        make("/sys/devices/platform/serial8250", "bus/platform");
        Files.createFile(real(GPU).resolve("reset"));
        Files.createFile(real(CONTROLLER).resolve("reset"));
        reset = new SysfsReset(
                sys,
                (attribute, value) -> written.add("/sys/" + sys.toRealPath().relativize(attribute) + "=" + value));
    }

    @ParameterizedTest
    @CsvSource({GPU, GPU + "/drm/card0"})
    void aPciFunctionIsResetItself(String path) throws AllocationRefused {
        reset.pciFunction("gpu", path);
        assertThat(written).containsExactly(GPU + "/reset=1");
    }

    @ParameterizedTest
    @CsvSource({
        SERIAL,
        SERIAL + "/1-2:1.0/ttyUSB0/tty/ttyUSB0",
        "/sys/devices/platform/serial8250",
        "/sys/devices/pci0000:00",
        "/sys/devices",
        "/sys/devices/../bus",
        "/etc",
        ","
    })
    void whatIsNoPciFunctionIsNotReset(String path) {
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> reset.pciFunction("x", path))
                .withMessageContaining("is no PCI function")
                .withMessageContaining("DevicePluginDeployment");
        assertThat(written).isEmpty();
    }

    @Test
    void aFunctionWithoutResetIsNamed() throws IOException {
        Files.delete(real(GPU).resolve("reset"));
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> reset.pciFunction("gpu", GPU))
                .withMessageContaining("PCI function 0000:03:00.0 has no reset file");
    }

    @Test
    void aLinkThatLeadsElsewhereIsNotFollowed() throws IOException {
        Path outside = Files.createDirectories(sys.resolve("elsewhere/0000:09:00.0"));
        Files.createSymbolicLink(outside.resolve("subsystem"), Path.of("../../bus/pci"));
        Files.createSymbolicLink(real("/sys/devices/pci0000:00").resolve("0000:09:00.0"), outside);
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> reset.pciFunction("x", "/sys/devices/pci0000:00/0000:09:00.0"))
                .withMessageContaining("is no PCI function");
    }

    @ParameterizedTest
    @CsvSource({SERIAL, SERIAL + "/1-2:1.0", SERIAL + "/1-2:1.0/ttyUSB0/tty/ttyUSB0"})
    void theUsbDeviceIsFoundBehindItsNodes(String path) throws Exception {
        assertThat(reset.usbDevice("a", path)).isEqualTo(real(SERIAL).toRealPath());
    }

    @ParameterizedTest
    @CsvSource({GPU, CONTROLLER, CONTROLLER + "/usb1", GPU + "/drm/card0"})
    void controllersAndRootHubsAreNoUsbDevices(String path) {
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> reset.usbDevice("a", path))
                .withMessageContaining("is no USB device");
    }

    @Test
    void aDeviceThatHasGoneAndAFailedWriteAreNamed() {
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> reset.usbDevice("a", CONTROLLER + "/usb1/1-9"))
                .withMessageContaining("is not there");
        assertThatExceptionOfType(AllocationRefused.class)
                .isThrownBy(() -> new SysfsReset(sys).authorize("a", real(SERIAL), false))
                .withMessageContaining("authorized failed")
                .withMessageContaining("mounted writable");
    }

    @Test
    void theRealWriterWritesAndMakesNoFile() throws Exception {
        Files.createFile(real(SERIAL).resolve("authorized"));
        new SysfsReset(sys).authorize("a", real(SERIAL), true);
        assertThat(real(SERIAL).resolve("authorized")).hasContent("1");
    }

    private void make(String directory, String subsystem) throws IOException {
        Path made = Files.createDirectories(real(directory));
        Files.createSymbolicLink(made.resolve("subsystem"), Path.of("../../" + subsystem));
    }

    private Path real(String path) {
        return sys.resolve(path.substring("/sys/".length()));
    }
}
