package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.PciSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PciScannerTest {
    private static final String BRIDGE = "pci0000:3a/0000:3a:00.0";
    private static final String GPU = BRIDGE + "/0000:3b:00.0";
    private static final String AUDIO = BRIDGE + "/0000:3b:00.1";
    private static final String NVME = "pci0000:00/0000:00:02.0";

    @TempDir
    Path directory;

    private FakeTree tree;

    @BeforeEach
    void tree() throws IOException {
        tree = new FakeTree(directory)
                .pci(BRIDGE, "8086", "2030", "0x060400")
                .pci(GPU, "8086", "56c0", "0x038000")
                .device(GPU, "numa_node=1")
                .driver(GPU, "pci", "i915")
                .node(GPU + "/drm/card0", "drm", "dri/card0", "/dev/null")
                .node(GPU + "/drm/renderD128", "drm", "dri/renderD128", "/dev/zero")
                .device(GPU + "/drm/card0/card0-DP-1", "status=connected")
                .inClass(GPU + "/drm/card0/card0-DP-1", "drm")
                .pci(NVME, "144d", "a80a", "0x010802")
                .driver(NVME, "pci", "nvme")
                .node(NVME + "/nvme/nvme0", "nvme", "nvme0", "/dev/full")
                .node(NVME + "/nvme/nvme0/nvme0n1", "block", "nvme0n1", "/dev/random");
    }

    @ParameterizedTest
    @CsvSource({
        "8086, 56c0, , , , 0000:3b:00.0",
        "8086, 56C0, , , , 0000:3b:00.0",
        ", , 0x0380, , , 0000:3b:00.0",
        ", , 0x01, , , 0000:00:02.0",
        ", , , nvme, , 0000:00:02.0",
        ", , , , 0000:3b:00.*, 0000:3b:00.0",
        "8086, , 0x0380, i915, 0000:3B:??.0, 0000:3b:00.0",
    })
    void functionsAreFoundByConfigurationDriverAndAddress(
            String vendor, String deviceId, String classCode, String driver, String address, String found) {
        assertThat(only(pci(vendor, deviceId, classCode, driver, address)).key())
                .isEqualTo("PCI function " + found);
    }

    @Test
    void aFunctionGivesAllItsNodesUnlessSomeAreNamed() {
        Hardware gpu = only(pci("8086", "56c0", null, null, null));
        assertThat(gpu.paths()).containsExactlyInAnyOrder("/dev/dri/card0", "/dev/dri/renderD128");
        assertThat(gpu.name()).isEqualTo("pci-0000:3b:00.0");
        assertThat(gpu.identity()).isEqualTo("PCI function 8086:56c0, subsystem 1028:0001, revision 05");
        assertThat(gpu.numaNode()).isEqualTo(1);
        assertThat(only(pci(null, null, null, "nvme", null, "nvme")).paths()).containsExactly("/dev/nvme0");
        assertThat(only(pci(null, null, null, "nvme", null, "block")).paths()).containsExactly("/dev/nvme0n1");
    }

    @Test
    void whatIsBehindABridgeIsNotTheBridges() {
        assertThat(tree.scan(pci("8086", "2030", null, null, null)).sightings())
                .singleElement()
                .satisfies(sighting -> {
                    assertThat(sighting.problem()).isEqualTo(Reason.INCOMPLETE);
                    assertThat(sighting.message()).contains("has no device node", "name vfio or net in expose");
                });
    }

    @Test
    void functionsOfOneIommuGroupAreOneDevice() throws IOException {
        tree.pci(AUDIO, "8086", "4f92", "0x040300")
                .iommuGroup(GPU, 12)
                .iommuGroup(AUDIO, 12)
                .inDev("vfio/12", "/dev/urandom")
                .inDev("vfio/vfio", "/dev/tty");
        Hardware group = only(pci(null, null, null, null, "0000:3b:00.*", "vfio"));
        assertThat(group.key()).isEqualTo("PCI function 0000:3b:00.0");
        assertThat(group.identity()).contains("8086:56c0", "8086:4f92");
        assertThat(group.paths()).containsExactly("/dev/vfio/12");
        assertThat(group.nodes())
                .extracting(node -> node.path() + " " + node.role())
                .containsExactly("/dev/vfio/12 " + Role.OWN, "/dev/vfio/vfio " + Role.SHARED);
    }

    @Test
    void aFunctionWithoutAVfioNodeSaysWhichDriverHasIt() throws IOException {
        DeviceSelector vfio = pci("8086", "56c0", null, null, null, "vfio");
        assertThat(tree.scan(vfio).sightings().get(0).message()).contains("in no IOMMU group");
        tree.iommuGroup(GPU, 12);
        assertThat(tree.scan(vfio).sightings().get(0).message())
                .contains("has no vfio node: it is bound to i915; bind it to vfio-pci");
    }

    @Test
    void aVirtualFunctionIsCountedByItsInterface() throws IOException {
        String function = BRIDGE + "/0000:3b:02.1";
        tree.pci(function, "8086", "154c", "0x020000");
        DeviceSelector net = pci("8086", "154c", null, null, null, "net");
        assertThat(tree.scan(net).sightings().get(0).problem()).isEqualTo(Reason.INCOMPLETE);
        tree.driver(function, "pci", "iavf")
                .device(function + "/net/ens1f0v1")
                .inClass(function + "/net/ens1f0v1", "net");
        assertThat(only(net).paths()).containsExactly("net ens1f0v1");
        tree.remove(function + "/net/ens1f0v1");
        assertThat(only(net).nodes()).as("it was moved into a pod").isEmpty();
    }

    @Test
    void aFunctionWithAnotherDriverThanANetworkDriverHasNoInterface() throws IOException {
        String disk = "pci0000:00/0000:00:03.0";
        tree.pci(disk, "1af4", "1042", "0x018000")
                .driver(disk, "pci", "virtio-pci")
                .device(disk + "/virtio1/block/vda");
        assertThat(tree.scan(pci("1af4", null, null, null, null, "net"))
                        .sightings()
                        .get(0)
                        .message())
                .contains("has no network interface");
    }

    @Test
    void aParavirtualInterfaceLiesInAPartOfItsFunction() throws IOException {
        String function = "pci0000:00/0000:00:03.0";
        String eth = function + "/virtio2/net/eth0";
        tree.pci(function, "1af4", "1041", "0x020000")
                .driver(function, "pci", "virtio-pci")
                .device(eth)
                .inClass(eth, "net");
        DeviceSelector net = pci("1af4", null, null, null, null, "net");
        assertThat(only(net).paths()).containsExactly("net eth0");
        tree.remove(eth);
        assertThat(only(net).nodes()).as("it was moved into a pod").isEmpty();
    }

    @Test
    void theInterfaceOfAUsbAdapterIsNotThatOfItsController() throws IOException {
        tree.pci(FakeTree.XHCI, "8086", "a12f", "0x0c0330").driver(FakeTree.XHCI, "pci", "xhci_hcd");
        String stick = FakeTree.XHCI + "/usb1/1-1";
        tree.hub(FakeTree.XHCI + "/usb1").usb(stick, "0b95", "1790", "00A1").device(stick + "/1-1:1.0/net/enp0s20u1");
        assertThat(tree.scan(pci("8086", "a12f", null, null, null, "net"))
                        .sightings()
                        .get(0)
                        .message())
                .contains("has no network interface");
    }

    @Test
    void theDriverIsReadAtEachLook() throws IOException {
        DeviceScanner scanner = tree.scanner(pci("8086", "56c0", null, "vfio-pci", null));
        assertThat(scanner.scan().sightings()).isEmpty();
        tree.driver(GPU, "pci", "vfio-pci");
        assertThat(scanner.scan().sightings()).hasSize(1);
    }

    @Test
    void oddNamesInSysfsAreAsIfTheyWereNotThere() throws IOException {
        String card = AUDIO + "/sound/card0";
        tree.pci(AUDIO, "8086", "4f92", "0x040300").device(card).inClass(card, "sound");
        Files.createSymbolicLink(tree.directory(AUDIO).resolve("driver"), Path.of("/"));
        tree.property(card, "DEVNAME", "snd/\0");
        Scan scan = tree.scan(pci("8086", "4f92", null, null, null, "sound"), pci(null, null, null, "i915", null));
        assertThat(scan.sightings()).hasSize(2);
        assertThat(scan.sightings().get(0).message()).contains("but that is not in /dev");
        assertThat(scan.sightings().get(1).key()).isEqualTo("PCI function 0000:3b:00.0");
    }

    @Test
    void danglingAndForeignEntriesAreNoFunctions() throws IOException {
        Path bus = tree.sys.resolve("bus/pci/devices");
        Files.createSymbolicLink(bus.resolve("0000:ff:00.0"), Path.of("../../../devices/gone/0000:ff:00.0"));
        Files.createSymbolicLink(bus.resolve("0000:fe:00.0"), Path.of("/etc"));
        Files.writeString(bus.resolve("0000:fd:00.0"), "no link");
        Files.createDirectories(tree.directory("pci0000:fc/0000:fc:00.0/vendor"));
        Files.createSymbolicLink(bus.resolve("0000:fc:00.0"), Path.of("../../../devices/pci0000:fc/0000:fc:00.0"));
        assertThat(tree.scan(pci(null, null, null, null, "*")).sightings())
                .extracting(Sighting::key)
                .containsExactly("PCI function 0000:00:02.0", "PCI function 0000:3a:00.0", "PCI function 0000:3b:00.0");
    }

    @Test
    void allClassesAreWatchedWhenAllNodesAreGivenButNotThoseThatPodsMake() {
        Scan scan = tree.scan(pci("8086", "56c0", null, null, null));
        assertThat(scan.subsystems()).contains("pci", "drm", "block").doesNotContain("net");
        assertThat(scan.directories()).contains(tree.dev.resolve("dri"), tree.dev);
    }

    private Hardware only(DeviceSelector selector) {
        Scan scan = tree.scan(selector);
        assertThat(scan.sightings()).hasSize(1);
        assertThat(scan.sightings().get(0).message()).isNull();
        return scan.sightings().get(0).hardware();
    }

    private static DeviceSelector pci(
            String vendor, String deviceId, String classCode, String driver, String address, String... expose) {
        return new DeviceSelector(
                null, null, new PciSelector(vendor, deviceId, classCode, driver, address, List.of(expose)), null, null);
    }
}
