package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.UsbSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsbScannerTest {
    private static final String ROOT_HUB = FakeTree.XHCI + "/usb1";
    private static final String HUB = ROOT_HUB + "/1-1";

    @TempDir
    Path directory;

    private FakeTree tree;

    @BeforeEach
    void hubs() throws IOException {
        tree = new FakeTree(directory)
                .pci(FakeTree.XHCI, "8086", "a36d", "0x0c0330")
                .device(FakeTree.XHCI, "numa_node=1")
                .hub(ROOT_HUB)
                .hub(HUB);
    }

    @Test
    void anAdapterIsKnownByItsSerialNumberAndGivesItsTty() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "A9TRX", 0, "/dev/null");
        Hardware adapter = only(usb("0403", "6001", "A9*", "tty"));
        assertThat(adapter.key()).isEqualTo("USB device 0403:6001 serial A9TRX");
        assertThat(adapter.name()).isEqualTo("usb-0403-6001-A9TRX");
        assertThat(adapter.sysfsPath()).isEqualTo("/sys/devices/" + HUB + "/1-1.4");
        assertThat(adapter.numaNode()).isEqualTo(1);
        assertThat(adapter.paths()).containsExactly("/dev/ttyUSB0");
        assertThat(adapter.nodes()).extracting(DeviceNode::number).containsExactly(FakeTree.number("/dev/null"));
    }

    @Test
    void theBusNodeIsGivenUnlessAnotherIsAskedFor() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "A9TRX", 0, "/dev/null").busNode(HUB + "/1-1.4", 7, "/dev/zero");
        assertThat(only(usb("0403", null, null)).paths()).containsExactly("/dev/bus/usb/001/007");
        assertThat(only(usb("0403", null, null, "usb", "tty")).paths())
                .containsExactly("/dev/bus/usb/001/007", "/dev/ttyUSB0");
    }

    @Test
    void fourPortsOfOneAdapterAreOneDeviceWithItsNodesInOrder() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "F", 8, "/dev/null", "/dev/zero", "/dev/full", "/dev/random");
        assertThat(only(usb("0403", null, null, "tty")).paths())
                .containsExactly("/dev/ttyUSB8", "/dev/ttyUSB9", "/dev/ttyUSB10", "/dev/ttyUSB11");
    }

    @Test
    void aKeyboardGivesInputAndHidraw() throws IOException {
        String keyboard = HUB + "/1-1.2";
        String hid = keyboard + "/1-1.2:1.0/0003:046D:C31C.0001";
        tree.usb(keyboard, "046d", "c31c", null)
                .usbInterface(keyboard + "/1-1.2:1.0", "usbhid")
                .device(hid)
                .device(hid + "/input/input5", "name=Keyboard")
                .inClass(hid + "/input/input5", "input")
                .node(hid + "/input/input5/event3", "input", "input/event3", "/dev/null")
                .node(hid + "/hidraw/hidraw0", "hidraw", "hidraw0", "/dev/zero");
        Hardware found = only(usb("046D", null, null, "input", "hidraw"));
        assertThat(found.paths()).containsExactly("/dev/input/event3", "/dev/hidraw0");
        assertThat(found.key()).isEqualTo("USB device 046d:c31c at port 1-1.2");
        assertThat(found.name()).isEqualTo("usb-046d-c31c-port-1-1.2");
    }

    @Test
    void aDiskIsGivenWholeWithoutItsPartitions() throws IOException {
        String disk = HUB + "/1-1.3/1-1.3:1.0/host6/target6:0:0/6:0:0:0/block/sdb";
        tree.usb(HUB + "/1-1.3", "0781", "5581", "4C53")
                .node(disk, "block", "sdb", "/dev/null")
                .property(disk, "DEVTYPE", "disk")
                .node(disk + "/sdb1", "block", "sdb1", "/dev/zero")
                .property(disk + "/sdb1", "DEVTYPE", "partition");
        assertThat(only(usb("0781", null, null, "block")).paths()).containsExactly("/dev/sdb");
    }

    @Test
    void aHubIsFoundWhenProductAsksForItAndGivesNothingOfWhatIsPluggedIntoIt() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "A9TRX", 0, "/dev/null");
        assertThat(tree.scan(usb("1d6b", null, null)).sightings()).isEmpty();
        assertThat(tree.scan(usb("1d6b", "0002", null, "tty")).sightings())
                .hasSize(2)
                .allMatch(sighting -> sighting.problem() == Reason.INCOMPLETE);
    }

    @Test
    void aMissingNodeSaysWhatToDo() throws IOException {
        tree.usb(HUB + "/1-1.4", "0403", "6001", "A9TRX").usbInterface(HUB + "/1-1.4/1-1.4:1.0", null);
        Scan scan = tree.scan(usb("0403", null, null, "tty"));
        assertThat(scan.sightings()).singleElement().satisfies(sighting -> {
            assertThat(sighting.problem()).isEqualTo(Reason.INCOMPLETE);
            assertThat(sighting.message())
                    .startsWith("USB device 0403:6001 serial A9TRX has no tty node: no driver has made one");
        });
        assertThat(scan.unmatched()).singleElement().satisfies(unmatched -> {
            assertThat(unmatched.why()).isEqualTo(Why.Incomplete);
            assertThat(unmatched.selector()).isEqualTo("usb: {vendorId: \"0403\", expose: [tty]}");
            assertThat(unmatched.message()).contains("no tty node");
        });
    }

    @Test
    void anInterfaceWithoutANodeIsNamed() throws IOException {
        String stick = HUB + "/1-1.4";
        tree.usb(stick, "0b95", "1790", "00A1").usbInterface(stick + "/1-1.4:1.0", null);
        assertThat(tree.scan(usb("0b95", null, null, "net")).sightings().get(0).problem())
                .isEqualTo(Reason.INCOMPLETE);
        String enp = stick + "/1-1.4:1.0/net/enp0s20u1";
        tree.driver(stick + "/1-1.4:1.0", "usb", "ax88179_178a").device(enp).inClass(enp, "net");
        assertThat(only(usb("0b95", null, null, "net")).paths()).containsExactly("net enp0s20u1");
        tree.remove(enp);
        assertThat(only(usb("0b95", null, null, "net")).paths())
                .as("in the network namespace of a pod")
                .isEmpty();
    }

    @Test
    void aDeviceThatIsNoNetworkAdapterHasNoInterface() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "A9TRX", 0, "/dev/null");
        assertThat(tree.scan(usb("0403", null, null, "net")).sightings().get(0).message())
                .contains("has no network interface");
    }

    @Test
    void twoWithOneSerialNumberAreKnownByTheirPorts() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "0001", 0, "/dev/null").ftdi(HUB + "/1-1.2", "0001", 1, "/dev/zero");
        Scan scan = tree.scan(usb("0403", null, null, "tty"));
        assertThat(scan.sightings())
                .extracting(sighting -> sighting.hardware().name())
                .containsExactly("usb-0403-6001-port-1-1.2", "usb-0403-6001-port-1-1.4");
        assertThat(scan.warnings()).singleElement().asString().contains("more than one", "0001", "port");
    }

    @Test
    void theSameAdapterInAnotherPortIsFoundAgain() throws IOException {
        DeviceScanner scanner = tree.scanner(usb("0403", null, null, "tty"));
        tree.ftdi(HUB + "/1-1.4", "A9TRX", 0, "/dev/null");
        Hardware before = scanner.scan().sightings().get(0).hardware();
        tree.remove(HUB + "/1-1.4");
        assertThat(scanner.scan().sightings()).isEmpty();
        tree.ftdi(HUB + "/1-1.2", "A9TRX", 3, "/dev/zero");
        Hardware after = scanner.scan().sightings().get(0).hardware();
        assertThat(after.key()).isEqualTo(before.key());
        assertThat(after.identity()).isEqualTo(before.identity());
        assertThat(after.nodes()).isNotEqualTo(before.nodes());
    }

    @Test
    void anotherAdapterInTheSamePortIsNotTakenForTheFirst() throws IOException {
        DeviceScanner scanner = tree.scanner(usb("0403", null, null, "tty"));
        tree.ftdi(HUB + "/1-1.4", "A", 0, "/dev/null");
        assertThat(scanner.scan().sightings().get(0).key()).endsWith("serial A");
        tree.remove(HUB + "/1-1.4");
        tree.ftdi(HUB + "/1-1.4", "B", 0, "/dev/null");
        assertThat(scanner.scan().sightings().get(0).key()).endsWith("serial B");
    }

    @Test
    void whatIsHalfThereIsReadAgainWhenItIsWhole() throws IOException {
        DeviceScanner scanner = tree.scanner(usb("0403", null, null, "tty"));
        tree.usb(HUB + "/1-1.4", "0403", "6001", "A");
        Files.delete(tree.directory(HUB + "/1-1.4").resolve("idProduct"));
        assertThat(scanner.scan().sightings()).isEmpty();
        tree.ftdi(HUB + "/1-1.4", "A", 0, "/dev/null");
        assertThat(scanner.scan().sightings().get(0).isDevice()).isTrue();
    }

    @Test
    void aNodeWithANameThatLeadsOutOfDevIsNotGiven() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "A", 0, "/dev/null");
        String tty = HUB + "/1-1.4/1-1.4:1.0/ttyUSB0/tty/ttyUSB0";
        tree.property(tty, "DEVNAME", "../../../../../../dev/zero");
        assertThat(tree.scan(usb("0403", null, null, "tty")).sightings().get(0).problem())
                .isEqualTo(Reason.INCOMPLETE);
    }

    @Test
    void whereThereIsNoUsbNothingIsFoundAndTheReportSaysWhy() {
        Scan scan = new DeviceScanner(
                        new Roots(tree.dev, directory.resolve("nowhere")),
                        List.of(new DeviceResource(
                                FakeTree.RESOURCE, List.of(usb("0403", null, null)), null, null, null, null)))
                .scan();
        assertThat(scan.unmatched()).singleElement().satisfies(unmatched -> {
            assertThat(unmatched.why()).isEqualTo(Why.NoMatch);
            assertThat(unmatched.message()).contains("no USB");
        });
    }

    @Test
    void theDirectoriesOfNodesAndTheSubsystemsAreWatched() throws IOException {
        tree.ftdi(HUB + "/1-1.4", "A", 0, "/dev/null").busNode(HUB + "/1-1.4", 7, "/dev/zero");
        Scan scan = tree.scan(usb("0403", null, null, "usb", "tty"));
        assertThat(scan.directories()).contains(tree.dev, tree.dev.resolve("bus/usb/001"));
        assertThat(scan.subsystems()).containsExactlyInAnyOrder("usb", "tty");
    }

    private Hardware only(DeviceSelector selector) {
        Scan scan = tree.scan(selector);
        assertThat(scan.sightings()).hasSize(1);
        assertThat(scan.sightings().get(0).message()).isNull();
        return scan.sightings().get(0).hardware();
    }

    private static DeviceSelector usb(String vendor, String product, String serial, String... expose) {
        return new DeviceSelector(null, new UsbSelector(vendor, product, serial, List.of(expose)), null, null, null);
    }
}
