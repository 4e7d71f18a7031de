package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsScannerTest {
    private static final String CARD = "pci0000:3a/0000:3b:00.0";

    @TempDir
    Path directory;

    private FakeTree tree;

    @BeforeEach
    void tree() throws IOException {
        tree = new FakeTree(directory)
                .pci(CARD, "1da3", "1020", "0x120000")
                .driver(CARD, "pci", "habanalabs")
                .node(CARD + "/accel/accel0", "accel", "accel/accel0", "/dev/null")
                .device(CARD + "/accel/accel0", "status=  operational ");
        Files.createSymbolicLink(tree.directory(CARD + "/accel/accel0").resolve("device"), Path.of("../.."));
    }

    @Test
    void attributesAreReadThroughLinksAndPropertiesFromWhatItBelongsTo() {
        assertThat(found(Map.of("device/vendor", "0x1da3"), Map.of("DRIVER", "habana*")))
                .isTrue();
        assertThat(found(Map.of("status", "operational"), Map.of("DEVNAME", "accel/accel?")))
                .isTrue();
        assertThat(found(Map.of("device/vendor", "0x1da4"), Map.of())).isFalse();
        assertThat(found(Map.of("nothing", "*"), Map.of())).isFalse();
        assertThat(found(Map.of(), Map.of("DRIVER", "other"))).isFalse();
        assertThat(found(Map.of(), Map.of("NOTHING", "*"))).isFalse();
    }

    @Test
    void aDeviceIsKnownByItsHardwareAndItsKind() throws IOException {
        Hardware before = only(sysfs("accel"));
        assertThat(before.key()).isEqualTo("accel of PCI function 0000:3b:00.0");
        assertThat(before.name()).isEqualTo("accel-pci-0000:3b:00.0");
        assertThat(before.paths()).containsExactly("/dev/accel/accel0");
        tree.remove(CARD + "/accel/accel0");
        tree.node(CARD + "/accel/accel5", "accel", "accel/accel5", "/dev/zero");
        Hardware after = only(sysfs("accel"));
        assertThat(after.key()).isEqualTo(before.key());
        assertThat(after.identity()).isEqualTo(before.identity());
    }

    @Test
    void severalOfAKindAreKnownByTheirNames() throws IOException {
        tree.node(CARD + "/accel/accel1", "accel", "accel/accel1", "/dev/zero");
        assertThat(tree.scan(sysfs("accel")).sightings())
                .extracting(Sighting::key)
                .containsExactly("accel0 of PCI function 0000:3b:00.0", "accel1 of PCI function 0000:3b:00.0");
    }

    @Test
    void aTtyIsKnownByItsAdapterAndInterface() throws IOException {
        String hub = FakeTree.XHCI + "/usb1";
        tree.hub(hub).ftdi(hub + "/1-1", "A9", 0, "/dev/zero", "/dev/full");
        assertThat(tree.scan(sysfs("tty")).sightings())
                .extracting(Sighting::key, sighting -> sighting.hardware().name())
                .containsExactly(
                        tuple("ttyUSB of USB device 0403:6001 serial A9, interface 0", "ttyUSB-usb-0403-6001-A9-0"),
                        tuple("ttyUSB of USB device 0403:6001 serial A9, interface 1", "ttyUSB-usb-0403-6001-A9-1"));
    }

    @Test
    void aVirtualDeviceIsKnownByItsName() throws IOException {
        tree.node("virtual/misc/kvm", "misc", "kvm", "/dev/zero");
        Hardware kvm = only(sysfs("misc"));
        assertThat(kvm.key()).isEqualTo("misc kvm");
        assertThat(kvm.name()).isEqualTo("misc-kvm");
        assertThat(kvm.identity()).isEqualTo("misc kvm at /sys/devices/virtual/misc/kvm");
        assertThat(kvm.numaNode()).isNull();
    }

    @Test
    void aDeviceWithoutANodeIsCountedAndNamed() throws IOException {
        tree.device("virtual/net/dummy0", "mtu=1500").inClass("virtual/net/dummy0", "net");
        assertThat(only(sysfs("net")).paths()).containsExactly("net dummy0");
        assertThat(only(sysfs("net")).nodes()).isEmpty();
    }

    @Test
    void devicesOfABusAreFoundToo() {
        assertThat(only(sysfs("pci")).key()).isEqualTo("PCI function 0000:3b:00.0");
    }

    @Test
    void attributesOutsideOfSysfsAreNotRead() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(tree.directory(CARD + "/accel/accel0").resolve("out"), secret);
        Files.createDirectory(tree.directory(CARD + "/accel/accel0").resolve("subdirectory"));
        for (String path : new String[] {
            "out",
            secret.toString(),
            "../../../../../../secret",
            "status/../../../../../../../secret",
            "subdirectory",
            ""
        }) {
            assertThat(found(Map.of(path, "*"), Map.of())).as(path).isFalse();
        }
    }

    @Test
    void noMoreThanTheBeginningOfAFileIsRead() throws IOException {
        tree.device(CARD + "/accel/accel0", "long=" + "x".repeat(100_000));
        assertThat(found(Map.of("long", "x".repeat(256) + "*"), Map.of())).isTrue();
        assertThat(Sysfs.read(tree.directory(CARD + "/accel/accel0").resolve("long"))
                        .orElseThrow())
                .hasSize(4096);
    }

    @Test
    void anUnknownSubsystemIsSaid() {
        assertThat(tree.scan(sysfs("akzel")).unmatched()).singleElement().satisfies(unmatched -> {
            assertThat(unmatched.why()).isEqualTo(Why.NoMatch);
            assertThat(unmatched.message()).contains("/sys/class/akzel");
        });
    }

    private boolean found(Map<String, String> attributes, Map<String, String> properties) {
        return !tree.scan(
                        new DeviceSelector(null, null, null, new SysfsSelector("accel", attributes, properties), null))
                .sightings()
                .isEmpty();
    }

    private Hardware only(DeviceSelector selector) {
        Scan scan = tree.scan(selector);
        assertThat(scan.sightings()).hasSize(1);
        assertThat(scan.sightings().get(0).message()).isNull();
        return scan.sightings().get(0).hardware();
    }

    private static DeviceSelector sysfs(String subsystem) {
        return new DeviceSelector(null, null, null, new SysfsSelector(subsystem, null, null), null);
    }
}
