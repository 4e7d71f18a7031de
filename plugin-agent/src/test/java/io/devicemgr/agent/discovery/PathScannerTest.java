package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.devicemgr.agent.config.Glob;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory.Unmatched;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathScannerTest {
    private static final String RESOURCE = "example.com/x";

    @TempDir
    Path temporary;

    private Path dev;

    @BeforeEach
    void tree() throws IOException {
        dev = Files.createDirectory(temporary.toRealPath().resolve("dev"));
        Files.createDirectories(dev.resolve("serial/by-id"));
        link("ttyUSB0", "/dev/null");
        link("ttyUSB1", "/dev/zero");
        link("ttyACM0", "/dev/full");
        link(".hidden", "/dev/random");
        link("serial/by-id/usb-A", "../../ttyUSB0");
        link("dangling", "nowhere/at-all");
        Files.writeString(dev.resolve("file"), "text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/dev/ttyUSB0 /dev/ttyUSB0",
                "/dev/ttyUSB* /dev/ttyUSB0,/dev/ttyUSB1",
                "/dev/tty???0 /dev/ttyACM0,/dev/ttyUSB0",
                "/dev/ttyUSB[0-9] /dev/ttyUSB0,/dev/ttyUSB1",
                "/dev/ttyUSB[!0] /dev/ttyUSB1",
                "/dev/{ttyACM0,serial/by-id/*} /dev/ttyACM0,/dev/serial/by-id/usb-A",
                "/dev/tty{USB{0,1},ACM0} /dev/ttyUSB0,/dev/ttyUSB1,/dev/ttyACM0",
                "/dev/*/*/* /dev/serial/by-id/usb-A",
                "/dev/.h* /dev/.hidden",
                "/dev/* /dev/ttyACM0,/dev/ttyUSB0,/dev/ttyUSB1"
            })
    void globsMatchAsInAShell(String glob, String paths) {
        assertThat(scan(glob).sightings().stream().filter(Sighting::isDevice).map(Sighting::key))
                .containsExactly(paths.split(","));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "/dev/", "/dev/../etc/*", "/dev/a//b", "/dev/{a,../b}", "/dev/[z-a]"})
    void whatIsNoGlobBelowDevIsRefused(String glob) {
        assertThatIllegalArgumentException().isThrownBy(() -> Glob.of(glob));
    }

    @Test
    void aLinkOutOfTheTreeIsLeftToTheHost() {
        Sighting sighting = only("/dev/serial/by-id/*");
        assertThat(sighting.key()).isEqualTo("/dev/serial/by-id/usb-A");
        DeviceNode node = sighting.hardware().nodes().get(0);
        assertThat(node.hostPath()).isEqualTo("/dev/serial/by-id/usb-A");
        assertThat(node.number()).isEqualTo(new NodeNumber(Type.CHARACTER, 1, 3));
    }

    @Test
    void aLinkWithinTheTreeIsFollowedForTheHost() throws IOException {
        link("serial/by-id/usb-F", "../../file");
        Path entry = dev.resolve("serial/by-id/usb-F");
        assertThat(new NodeReader(dev, number -> Optional.empty()).hostPath(entry, "/dev/serial/by-id/usb-F"))
                .isEqualTo("/dev/file");
    }

    @Test
    void theMachinesOwnNodesAreKnownByTypeAndNumber() {
        Scan scan = scan(Path.of("/dev"), "/dev/zero");
        assertThat(scan.sightings().get(0).hardware().nodes())
                .containsExactly(DeviceNode.own("/dev/zero", "/dev/zero", new NodeNumber(Type.CHARACTER, 1, 5)));
    }

    @Test
    void whatIsNoDeviceIsToldApart() {
        assertThat(scan("/dev/file").sightings())
                .singleElement()
                .extracting(Sighting::problem)
                .isEqualTo(Reason.NOT_A_DEVICE);
        assertThat(scan("/dev/file").unmatched())
                .containsExactly(unmatched("/dev/file", Why.NotADevice, "/dev/file is not a device node"));
        assertThat(scan("/dev/cam*").unmatched()).containsExactly(unmatched("/dev/cam*", Why.NoMatch, null));
        assertThat(scan("/dev/dangling").unmatched()).containsExactly(unmatched("/dev/dangling", Why.NoMatch, null));
        assertThat(scan("/dev/ttyUSB*").unmatched()).isEmpty();
    }

    @Test
    void everyDirectoryThatDecidesIsWatched() {
        assertThat(scan("/dev/serial/*/usb*").directories())
                .contains(dev, dev.resolve("serial"), dev.resolve("serial/by-id"), Path.of("/dev"));
        assertThat(scan("/dev/dangling").directories()).containsExactlyInAnyOrder(dev, dev.resolve("nowhere"));
        assertThat(scan("/dev/not/there/yet").directories()).containsExactly(dev);
    }

    private static Unmatched unmatched(String glob, Why why, String message) {
        return new Unmatched(RESOURCE, "path: {glob: \"" + glob + "\"}", why, message);
    }

    private Scan scan(String glob) {
        return scan(dev, glob);
    }

    private static Scan scan(Path dev, String glob) {
        return new DeviceScanner(new Roots(dev, Path.of("/sys")), List.of(resource(glob))).scan();
    }

    private Sighting only(String glob) {
        List<Sighting> sightings = scan(glob).sightings();
        assertThat(sightings).hasSize(1);
        return sightings.get(0);
    }

    private static DeviceResource resource(String... globs) {
        return new DeviceResource(
                RESOURCE, Stream.of(globs).map(DeviceSelector::path).toList(), null, null, null, null);
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(dev.resolve(name), Path.of(target));
    }
}
