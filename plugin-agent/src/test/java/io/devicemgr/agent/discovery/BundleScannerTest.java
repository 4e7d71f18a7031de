package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.api.v1alpha1.BundleSelector;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleScannerTest {
    private static final DeviceSelector SOUND = bundle(List.of("/dev/snd/*", "/dev/hwrng"), "/dev/video*");

    @TempDir
    Path directory;

    private FakeTree tree;

    @BeforeEach
    void tree() throws IOException {
        tree = new FakeTree(directory);
        tree.inDev("snd/controlC0", "/dev/null").inDev("snd/pcmC0D0p", "/dev/zero");
        Files.createDirectory(tree.dev.resolve("snd/by-path"));
    }

    @Test
    void everythingMatchedIsOneDevice() throws IOException {
        tree.inDev("hwrng", "/dev/full").inDev("video0", "/dev/random");
        Scan scan = tree.scan(SOUND);
        assertThat(scan.sightings()).hasSize(1);
        Hardware bundle = scan.sightings().get(0).hardware();
        assertThat(bundle.name()).isEqualTo("bundle-snd");
        assertThat(bundle.nodes())
                .extracting(node -> node.path() + " " + node.role())
                .containsExactly(
                        "/dev/snd/controlC0 " + Role.OWN,
                        "/dev/snd/pcmC0D0p " + Role.OWN,
                        "/dev/hwrng " + Role.OWN,
                        "/dev/video0 " + Role.OPTIONAL);
        assertThat(scan.directories()).contains(tree.dev, tree.dev.resolve("snd"));
    }

    @Test
    void aGlobThatMatchesNoDeviceIsNamed() {
        Scan scan = tree.scan(SOUND);
        assertThat(scan.sightings()).singleElement().satisfies(sighting -> {
            assertThat(sighting.message()).startsWith("nothing matches /dev/hwrng of the bundle of /dev/snd/*");
        });
        assertThat(scan.unmatched()).singleElement().satisfies(unmatched -> {
            assertThat(unmatched.why()).isEqualTo(Why.Incomplete);
            assertThat(unmatched.selector())
                    .isEqualTo("bundle: {globs: [\"/dev/snd/*\", \"/dev/hwrng\"], optionalGlobs: [\"/dev/video*\"]}");
        });
    }

    @Test
    void aDirectoryIsNoDeviceOfABundle() {
        assertThat(tree.scan(bundle(List.of("/dev/snd/by-*"))).sightings())
                .singleElement()
                .matches(sighting -> !sighting.isDevice());
    }

    @Test
    void theIdentityIsTheHardwareBehindTheNodes() throws IOException {
        assertThat(tree.scan(bundle(List.of("/dev/snd/*")))
                        .sightings()
                        .get(0)
                        .hardware()
                        .identity())
                .isEqualTo("a bundle of device nodes");
        String usb = FakeTree.XHCI + "/usb1/1-1";
        tree.ftdi(usb, "A9", 0, "/dev/urandom");
        assertThat(tree.scan(bundle(List.of("/dev/snd/*", "/dev/ttyUSB*")))
                        .sightings()
                        .get(0)
                        .hardware()
                        .identity())
                .isEqualTo("USB device 0403:6001 serial A9, interface 0");
    }

    private static DeviceSelector bundle(List<String> globs, String... optional) {
        return new DeviceSelector(null, null, null, null, new BundleSelector(globs, List.of(optional)));
    }
}
