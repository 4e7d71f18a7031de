package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.PciSelector;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import io.devicemgr.api.v1alpha1.UsbSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** This machine's own /dev and /sys, whatever they hold. */
class RealTreesTest {
    private static final Path SYS = Path.of("/sys");

    @Test
    void memoryDevicesOfSysfsAreTheNodesInDev() {
        assumeTrue(Files.isDirectory(SYS.resolve("class/mem/null")), "this machine shows no /sys/class/mem");
        Scan scan = scan(sysfs("mem", Map.of("dev", "1:3"), Map.of("DEVNAME", "null")));
        assertThat(scan.sightings()).singleElement().satisfies(sighting -> {
            assertThat(sighting.key()).isEqualTo("mem null");
            assertThat(sighting.hardware().sysfsPath()).isEqualTo("/sys/devices/virtual/mem/null");
            assertThat(sighting.hardware().nodes())
                    .containsExactly(DeviceNode.own("/dev/null", "/dev/null", FakeTree.number("/dev/null")));
        });
    }

    @Test
    void everyPciFunctionIsSightedOnce() throws IOException {
        Path functions = SYS.resolve("bus/pci/devices");
        assumeTrue(Files.isDirectory(functions), "this machine has no PCI");
        Scan scan =
                scan(new DeviceSelector(null, null, new PciSelector(null, null, null, null, "*", null), null, null));
        try (var entries = Files.list(functions)) {
            assertThat(scan.sightings())
                    .extracting(Sighting::key)
                    .containsExactlyInAnyOrderElementsOf(entries.map(entry -> "PCI function " + entry.getFileName())
                            .toList());
        }
    }

    @Test
    void everyNodeOfADeviceOfASubsystemIsTheOneThatItsFileSays() {
        assumeTrue(Files.isDirectory(SYS.resolve("class/tty")), "this machine shows no /sys/class/tty");
        scan(sysfs("tty", Map.of(), Map.of())).sightings().stream()
                .filter(Sighting::isDevice)
                .map(Sighting::hardware)
                .filter(found -> !found.nodes().isEmpty())
                .forEach(found -> {
                    var number = found.nodes().get(0).number();
                    assertThat(Sysfs.read(Path.of(found.sysfsPath(), "dev")))
                            .as(found.key())
                            .contains(number.major() + ":" + number.minor());
                });
    }

    @Test
    void anyMachineCanBeAskedForUsb() {
        Scan scan = scan(new DeviceSelector(
                null, new UsbSelector("1d6b", null, "nobody has this serial number", null), null, null, null));
        assertThat(scan.sightings()).isEmpty();
        assertThat(scan.unmatched()).hasSize(1);
    }

    private static Scan scan(DeviceSelector selector) {
        DeviceResource resource = new DeviceResource(FakeTree.RESOURCE, List.of(selector), null, null, null, null);
        return new DeviceScanner(new Roots(Path.of("/dev"), SYS), List.of(resource)).scan();
    }

    private static DeviceSelector sysfs(
            String subsystem, Map<String, String> attributes, Map<String, String> properties) {
        return new DeviceSelector(null, null, null, new SysfsSelector(subsystem, attributes, properties), null);
    }
}
