package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Hardware;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands under a path is told by the hardware behind it. */
class PathIdentityTest {
    private static final String PORT = FakeTree.XHCI + "/usb1/1-1";

    @TempDir
    Path directory;

    private FakeTree tree;
    private DeviceScanner scanner;

    @BeforeEach
    void tree() throws IOException {
        tree = new FakeTree(directory)
                .pci(FakeTree.XHCI, "8086", "a36d", "0x0c0330")
                .device(FakeTree.XHCI, "numa_node=0")
                .hub(FakeTree.XHCI + "/usb1");
        scanner = tree.scanner(DeviceSelector.path("/dev/tty*"));
    }

    @Test
    void anAdapterIsItsSerialNumberAndInterface() throws IOException {
        tree.ftdi(PORT, "A9TRX", 0, "/dev/null");
        Hardware adapter = only();
        assertThat(adapter.identity()).isEqualTo("USB device 0403:6001 serial A9TRX, interface 0");
        assertThat(adapter.sysfsPath()).isEqualTo("/sys/devices/" + PORT + "/1-1:1.0/ttyUSB0/tty/ttyUSB0");
        assertThat(adapter.numaNode()).isZero();
        assertThat(adapter.key()).isEqualTo("/dev/ttyUSB0");
    }

    @Test
    void anAdapterWithoutASerialNumberIsItsPort() throws IOException {
        tree.ftdi(PORT, null, 0, "/dev/null");
        assertThat(only().identity()).isEqualTo("USB device 0403:6001 at port 1-1, interface 0");
    }

    @Test
    void anotherAdapterUnderTheSameNameAndNumberIsAnother() throws IOException {
        tree.ftdi(PORT, "A", 0, "/dev/null");
        assertThat(only().identity()).contains("serial A");
        assertThat(only().identity()).as("from memory").contains("serial A");
        tree.remove(PORT);
        tree.ftdi(PORT, "B", 0, "/dev/null");
        assertThat(only().identity()).contains("serial B");
    }

    @Test
    void aPciFunctionIsItsConfiguration() throws IOException {
        String card = "pci0000:00/0000:00:02.0";
        tree.pci(card, "10de", "20b0", "0x030200").node(card + "/x/ttyX", "x", "ttyX", "/dev/null");
        assertThat(only().identity())
                .isEqualTo("PCI function 10de:20b0, subsystem 1028:0001, revision 05 at 0000:00:02.0");
    }

    @Test
    void withoutSysfsTheNumberIsAllThereIs() throws IOException {
        tree.inDev("ttyUSB0", "/dev/null");
        assertThat(only()).isEqualTo(Hardware.node("/dev/ttyUSB0", "/dev/ttyUSB0", FakeTree.number("/dev/null")));
    }

    @Test
    void aLinkThatLeadsOutOfSysfsIsNotFollowed() throws IOException {
        tree.inDev("ttyUSB0", "/dev/null");
        Path links = Files.createDirectories(tree.sys.resolve("dev/char"));
        Files.createSymbolicLink(links.resolve("1:3"), Path.of("../../../../../etc"));
        assertThat(only().sysfsPath()).isNull();
        Files.delete(links.resolve("1:3"));
        Files.createSymbolicLink(links.resolve("1:3"), Path.of("../../devices/gone"));
        assertThat(only().identity()).isEqualTo(FakeTree.number("/dev/null").toString());
    }

    private Hardware only() {
        Scan scan = scanner.scan();
        assertThat(scan.sightings()).hasSize(1);
        return scan.sightings().get(0).hardware();
    }
}
