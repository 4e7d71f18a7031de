package io.devicemgr.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.agent.runtime.Posix.Access;
import io.devicemgr.agent.runtime.Posix.Failure;
import io.devicemgr.api.v1alpha1.HealthProbe.Open.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenProbeTest {
    private static final HostPaths MACHINE = new HostPaths(Path.of("/dev"), Path.of("/sys"));
    private static final NodeNumber NUMBER = new NodeNumber(Type.CHARACTER, 1, 3);

    @TempDir
    Path dev;

    @ParameterizedTest
    @CsvSource({"null, ReadWrite", "null, ReadOnly", "zero, ReadOnly", "missing, None"})
    void whatCanBeOpenedIsHealthy(String name, Mode mode) {
        assertThat(new OpenProbe(MACHINE, mode).run(device("/dev/" + name))).isEqualTo(Outcome.passed());
    }

    @Test
    void aNodeThatIsNotThereIsNamed() {
        Outcome outcome = new OpenProbe(MACHINE, Mode.ReadWrite).run(device("/dev/missing"));
        assertThat(outcome.failure()).isEqualTo(Reason.OPEN_FAILED);
        assertThat(outcome.message())
                .isEqualTo(
                        "/dev/missing cannot be opened for reading and writing: No such file or directory (errno 2)");
    }

    @Test
    void aDirectoryCannotBeOpenedForWriting() throws IOException {
        Files.createDirectory(dev.resolve("dir"));
        Outcome outcome = new OpenProbe(new HostPaths(dev, dev), Mode.ReadWrite).run(device("/dev/dir"));
        assertThat(outcome.message()).startsWith(dev + "/dir cannot be opened").contains("errno 21");
    }

    @Test
    void aPipeWithoutAWriterHoldsNobodyUp() throws Exception {
        Path pipe = dev.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(new OpenProbe(new HostPaths(dev, dev), Mode.ReadOnly).run(device("/dev/pipe")))
                .isEqualTo(Outcome.passed());
    }

    @ParameterizedTest
    @CsvSource({"13, Permission denied", "19, No such device", "6, No such device or address", "5, Input/output error"})
    void whatTheKernelSaysIsTheMessage(int errno, String text) {
        OpenProbe probe =
                new OpenProbe(MACHINE, Mode.ReadOnly, (node, access) -> Optional.of(new Failure(errno, text)));
        assertThat(probe.run(device("/dev/null")))
                .isEqualTo(Outcome.failed(
                        Reason.OPEN_FAILED,
                        "/dev/null cannot be opened for reading: " + text + " (errno " + errno + ")"));
    }

    @Test
    void aDeviceThatAContainerHasForItselfIsNotBroken() {
        OpenProbe probe = new OpenProbe(
                MACHINE, Mode.ReadWrite, (node, access) -> Optional.of(new Failure(16, "Device or resource busy")));
        assertThat(probe.run(device("/dev/null"))).isEqualTo(Outcome.passed());
    }

    @Test
    void anAgentThatCannotCallTheKernelSaysSo() {
        OpenProbe probe = new OpenProbe(MACHINE, Mode.ReadWrite, (node, access) -> {
            throw new IOException("no JNA");
        });
        assertThat(probe.run(device("/dev/null")).message()).contains("no JNA").contains("image");
    }

    @Test
    void everyNodeThatMakesTheDeviceIsOpenedAndNoOther() {
        List<String> opened = new ArrayList<>();
        OpenProbe probe =
                new OpenProbe(new HostPaths(Path.of("/host/dev"), Path.of("/sys")), Mode.ReadOnly, (node, access) -> {
                    opened.add(access + " " + node);
                    return Optional.empty();
                });
        Hardware hardware = new Hardware(
                "snd",
                "it",
                "snd",
                List.of(
                        DeviceNode.own("/dev/snd/pcm", "/dev/snd/pcm", NUMBER),
                        DeviceNode.own("/dev/snd/by-path/x", "/dev/snd/control", NUMBER),
                        new DeviceNode("/dev/snd/seq", "/dev/snd/seq", NUMBER, DeviceNode.Role.SHARED),
                        new DeviceNode("/dev/snd/midi", "/dev/snd/midi", NUMBER, DeviceNode.Role.OPTIONAL)),
                List.of(),
                null,
                null);
        Device device = new Device(
                Probed.RESOURCE,
                Probed.device(1).id(),
                hardware,
                Probed.device(1).presence(),
                null);
        assertThat(probe.run(device)).isEqualTo(Outcome.passed());
        assertThat(opened)
                .containsExactly(Access.READ + " /host/dev/snd/pcm", Access.READ + " /host/dev/snd/by-path/x");
    }

    private static Device device(String path) {
        return Probed.device(Hardware.node(path, path, NUMBER), Probed.START);
    }
}
