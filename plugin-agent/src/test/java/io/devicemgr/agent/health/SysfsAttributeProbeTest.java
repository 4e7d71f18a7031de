package io.devicemgr.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.api.v1alpha1.HealthProbe.SysfsAttribute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SysfsAttributeProbeTest {
    @TempDir
    Path root;

    private Path directory;

    @BeforeEach
    void tree() throws IOException {
        directory = Files.createDirectories(root.resolve("sys/devices/card0/device"));
        Files.writeString(root.resolve("secret"), "ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "ok\n", "  1 \n\n"})
    void aValueThatMeansHealthyIsHealthy(String value) throws IOException {
        Files.writeString(directory.resolve("health"), value);
        assertThat(run("device/health")).isEqualTo(Outcome.passed());
    }

    @Test
    void anotherValueIsToldOnOneLineAndCut() throws IOException {
        Files.writeString(directory.resolve("health"), "degraded\n\u0007\u001b[31mfan 2\n");
        assertThat(run("device/health").message())
                .endsWith("/sys/devices/card0/device/health is 'degraded [31mfan 2', not one of [ok, 1]");
        Files.writeString(directory.resolve("health"), "x".repeat(1 << 20));
        assertThat(run("device/health").message()).hasSizeLessThan(300);
    }

    @Test
    void nothingBeyondAPageIsRead() throws IOException {
        Files.writeString(directory.resolve("health"), "ok" + " ".repeat(5000) + "not");
        assertThat(run("device/health")).isEqualTo(Outcome.passed());
    }

    @Test
    void whatIsMissingOrCannotBeReadIsNamed() throws IOException {
        assertThat(run("device/health").failure()).isEqualTo(Reason.ATTRIBUTE_UNEXPECTED);
        assertThat(run("device/health").message()).endsWith("card0/device/health is not there");
        assertThat(run("device").message()).contains("card0/device cannot be read: ");
    }

    @Test
    void linksAreFollowedWithinSysfsOnly() throws IOException {
        Files.writeString(root.resolve("sys/other"), "1");
        Files.createSymbolicLink(directory.resolve("inside"), Path.of("../../../other"));
        Files.createSymbolicLink(directory.resolve("outside"), root.resolve("secret"));
        assertThat(run("device/inside")).isEqualTo(Outcome.passed());
        assertThat(run("device/outside").message()).contains("leads out of sysfs");
        assertThat(run("../../../secret").message()).contains("leads out of sysfs");
    }

    @Test
    void aDeviceWithoutADirectoryInSysfsSaysWhoMustChangeWhat() {
        assertThat(probe("device/health").run(Probed.device(1)).message())
                .contains("/dev/tty1")
                .contains("health.probes of " + Probed.RESOURCE)
                .contains("usb, pci or sysfs");
    }

    private Outcome run(String path) {
        Device device = Probed.device(Probed.hardware("/dev/card0", "/sys/devices/card0"), Probed.START);
        return probe(path).run(device);
    }

    private SysfsAttributeProbe probe(String path) {
        HostPaths host = new HostPaths(root.resolve("dev"), root.resolve("sys"));
        return new SysfsAttributeProbe(host, new SysfsAttribute(path, List.of("ok", " 1")));
    }
}
