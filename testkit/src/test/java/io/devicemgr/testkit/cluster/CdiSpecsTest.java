package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.ContainerDevices.MountSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CDI names become what the node's specification files say, as with containerd and CRI-O. */
class CdiSpecsTest {
    private static final String SPEC = """
            {"cdiVersion": "0.6.0", "kind": "vendor.com/radio",
             "devices": [
               {"name": "a", "containerEdits": {
                 "env": ["RADIO_A=1"],
                 "deviceNodes": [{"path": "/dev/radio0", "hostPath": "/dev/real", "permissions": "rw"}]}},
               {"name": "b", "containerEdits": {"deviceNodes": [{"path": "/dev/real"}]}}],
             "containerEdits": {
               "env": ["SHARED=yes"],
               "mounts": [{"hostPath": "/opt/radio", "containerPath": "/radio", "options": ["ro", "bind"]}],
               "hooks": [{"hookName": "createContainer", "path": "/bin/true"}]}}
            """;

    @TempDir
    Path root;

    private HostFiles host;

    @BeforeEach
    void nodeWithADevice() throws IOException {
        host = new HostFiles(root);
        Files.createSymbolicLink(host.create("/dev").resolve("real"), Path.of("/dev/null"));
    }

    private void spec(String file, String text) throws IOException {
        Path path = host.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private ContainerDevices resolve(String... names) throws StartRefusedException, IOException {
        return new CdiSpecs(host).resolve(given(names));
    }

    private static ContainerDevices given(String... names) {
        return new ContainerDevices(
                Map.of("vendor.com/radio", Set.of("x")),
                Map.of("OWN", "1"),
                List.of(),
                List.of(new DeviceNode("/dev/x", "/dev/x", "r")),
                Map.of("note", "kept"),
                List.of(names));
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String... names) {
        return assertThatThrownBy(() -> resolve(names))
                .isInstanceOfSatisfying(
                        StartRefusedException.class, e -> assertThat(e.reason()).isEqualTo("CreateContainerError"));
    }

    @Test
    void editsOfTheDeviceAndOfItsSpecificationAreAdded() throws Exception {
        spec("/var/run/cdi/radio.json", SPEC);

        ContainerDevices devices = resolve("vendor.com/radio=a");

        assertThat(devices.env()).isEqualTo(Map.of("OWN", "1", "SHARED", "yes", "RADIO_A", "1"));
        assertThat(devices.mounts()).containsExactly(new MountSpecification("/opt/radio", "/radio", true));
        assertThat(devices.devices())
                .containsExactly(
                        new DeviceNode("/dev/x", "/dev/x", "r"), new DeviceNode("/dev/real", "/dev/radio0", "rw"));
        assertThat(devices.annotations()).containsEntry("note", "kept");
        assertThat(devices.cdiNames()).containsExactly("vendor.com/radio=a");
    }

    @Test
    void aNodeWithoutHostPathOrPermissionsIsTheSameOneOnTheHostForEveryUse() throws Exception {
        spec("/var/run/cdi/radio.json", SPEC);

        assertThat(resolve("vendor.com/radio=b").devices()).contains(new DeviceNode("/dev/real", "/dev/real", "rwm"));
    }

    @Test
    void allUnknownNamesAreNamed() throws IOException {
        spec("/var/run/cdi/radio.json", SPEC);

        assertRefused("vendor.com/radio=a", "vendor.com/radio=c", "other.com/radio=a")
                .hasMessage(
                        "CDI device injection failed: unresolvable CDI devices vendor.com/radio=c, other.com/radio=a");
    }

    @Test
    void withoutAnyDirectoryEveryNameIsUnknown() {
        assertRefused("vendor.com/radio=a").hasMessageContaining("unresolvable CDI devices vendor.com/radio=a");
    }

    @Test
    void withoutNamesNothingIsRead() throws Exception {
        spec("/var/run/cdi/radio.json", "{");

        assertThat(resolve()).isEqualTo(given());
    }

    @Test
    void filesThatARuntimeWouldNotLoadArePassedOver() throws Exception {
        spec("/var/run/cdi/0-broken.json", "{\"cdiVersion\":");
        spec("/var/run/cdi/1-kind.json", SPEC.replace("vendor.com/radio", "radio"));
        spec("/var/run/cdi/2-version.json", SPEC.replace("0.6.0", ""));
        spec("/var/run/cdi/.half-written", SPEC);
        spec("/var/run/cdi/radio.json", SPEC);

        assertThat(resolve("vendor.com/radio=a").devices()).hasSize(2);
    }

    @Test
    void aDeviceThatTwoFilesDescribeIsUnresolvable() throws IOException {
        spec("/var/run/cdi/radio.json", SPEC);
        spec("/var/run/cdi/radio-old.json", SPEC.replace("RADIO_A=1", "RADIO_A=2"));

        assertRefused("vendor.com/radio=a").hasMessageContaining("unresolvable");
    }

    @Test
    void whatIsBelowRunWinsOverEtc() throws Exception {
        spec("/etc/cdi/radio.json", SPEC.replace("RADIO_A=1", "RADIO_A=etc"));
        assertThat(resolve("vendor.com/radio=a").env()).containsEntry("RADIO_A", "etc");

        spec("/var/run/cdi/radio.json", SPEC);

        assertThat(resolve("vendor.com/radio=a").env()).containsEntry("RADIO_A", "1");
    }

    @Test
    void aNodeThatTheHostLacksIsRefusedUnlessItsNumberIsGiven() throws Exception {
        spec("/var/run/cdi/radio.json", SPEC.replace("/dev/real", "/dev/gone"));
        assertRefused("vendor.com/radio=b").hasMessageContaining("failed to stat CDI host device \"/dev/gone\"");

        spec(
                "/var/run/cdi/radio.json",
                SPEC.replace("\"path\": \"/dev/real\"", "\"path\": \"/dev/gone\", \"type\": \"c\", \"major\": 188"));

        assertThat(resolve("vendor.com/radio=b").devices()).contains(new DeviceNode("/dev/gone", "/dev/gone", "rwm"));
    }
}
