package io.devicemgr.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.api.v1alpha1.HealthProbe.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandProbeIT {
    private static final HostPaths MACHINE = new HostPaths(Path.of("/host/dev"), Path.of("/host/sys"));
    private static final Device DEVICE =
            Probed.device(Probed.hardware("/dev/card0", "/sys/devices/card0"), Probed.START);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit 0|",
                "echo good; exit 0|",
                "exit 3|/bin/sh ended with 3",
                "echo too hot; exit 1|/bin/sh ended with 1: too hot",
                "echo to stderr >&2; exit 1|/bin/sh ended with 1: to stderr",
                "printf 'a\\n\\tb\\033[1m\\0c'; exit 1|/bin/sh ended with 1: a b [1m c",
                "kill -9 $$$$|/bin/sh ended with 137",
            })
    void theExitCodeIsTheVerdictAndTheOutputTheMessage(String script, String message) throws Exception {
        assertThat(sh(10, script))
                .isEqualTo(message == null ? Outcome.passed() : Outcome.failed(Reason.COMMAND_FAILED, message));
    }

    @Test
    void placeholdersAreFilledAndThereIsNoShell() throws Exception {
        assertThat(run(
                                10,
                                "/bin/sh",
                                "-c",
                                "echo \"$@\"; exit 1",
                                "x",
                                "$(DEVICE_PATH)",
                                "$(DEVICE_ID)",
                                "$(DEVICE_SYSFS_PATH)",
                                "$(RESOURCE_NAME)",
                                "$(OTHER)",
                                "$$(DEVICE_ID)",
                                "`id`")
                        .message())
                .endsWith(
                        ": /host/dev/card0 card0 /host/sys/devices/card0 example.com/serial $(OTHER) $(DEVICE_ID) `id`");
    }

    @Test
    void theProgramSeesNothingOfTheAgent() throws Exception {
        String environment = run(10, "/bin/sh", "-c", "env; pwd; cat; exit 1").message();
        assertThat(environment).contains(" PWD=/ ").contains(" / ".strip());
        assertThat(environment
                        .replaceAll("(PATH|PWD|OLDPWD|SHLVL|_|DEVICEMGR_RUN)=\\S*", "")
                        .split("\\s+"))
                .containsExactly("/bin/sh", "ended", "with", "1:", "/");
    }

    @Test
    void onlyTheEndOfALongOutputIsKept() throws Exception {
        String message = sh(20, "i=0; while [ $i -lt 40000 ]; do echo line $i; i=$((i+1)); done; exit 1")
                .message();
        assertThat(message).endsWith("line 39998 line 39999").hasSizeLessThan(1100);
    }

    @Test
    void aProgramThatIsNotThereIsNamed() throws Exception {
        Outcome outcome = run(2, "/probes/missing");
        assertThat(outcome.failure()).isEqualTo(Reason.COMMAND_FAILED);
        assertThat(outcome.message())
                .contains("/probes/missing")
                .contains("No such file")
                .contains("agent.extraVolumes");
    }

    @Test
    void aProgramThatWaitsForeverIsKilled() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Outcome outcome = run(1, "/bin/cat", pipe.toString());
        assertThat(outcome)
                .isEqualTo(Outcome.failed(Reason.PROBE_TIMED_OUT, "/bin/cat did not end within 1 s and was killed"));
        await().until(() -> withArgument(pipe.toString()).findAny().isEmpty());
    }

    @Test
    void aTreeThatIgnoresSignalsIsKilledWhole() throws Exception {
        Path pids = directory.resolve("pids");
        Path script = script(
                "trap '' TERM HUP INT",
                "echo $$ >> " + pids,
                "if [ \"$1\" -gt 0 ]; then \"$0\" $(($1 - 1)) & \"$0\" $(($1 - 1)) & fi",
                "echo working",
                "while true; do sleep 1; done");
        // The limit is the time that the tree has for growing.
        Outcome outcome = run(5, script.toString(), "2");
        assertThat(outcome.failure()).isEqualTo(Reason.PROBE_TIMED_OUT);
        assertThat(outcome.message()).contains("working");
        List<String> all = Files.readAllLines(pids);
        assertThat(all).hasSize(7);
        await().untilAsserted(() -> assertThat(all).noneMatch(CommandProbeIT::runs));
    }

    @Test
    void aChildThatHasLeftItsParentIsKilledToo() throws Exception {
        Path pid = directory.resolve("pid");
        Path away = script("echo $$ > " + pid, "while true; do sleep 1; done");
        sh(5, "(setsid " + away + " >/dev/null 2>&1 &); while true; do sleep 1; done");
        await().until(() -> !runs(Files.readString(pid).strip()));
    }

    @Test
    void aChildThatKeepsTheOutputOpenDoesNotHoldTheVerdictBack() throws Exception {
        long begun = System.nanoTime();
        assertThat(sh(20, "sleep 10 & exit 0")).isEqualTo(Outcome.passed());
        assertThat(System.nanoTime() - begun).isLessThan(8_000_000_000L);
    }

    @Test
    void aScriptDoesNotGoOnWhenItsChildIsKilled() throws Exception {
        Path marker = directory.resolve("marker");
        sh(1, "/bin/sleep 100; echo > " + marker);
        assertThat(marker).doesNotExist();
    }

    @Test
    void nothingIsLeftWhenTheAgentStops() throws Exception {
        Path pid = directory.resolve("pid");
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        Thread worker = new Thread(() -> {
            try {
                result.complete(sh(100, "echo $$$$ > " + pid + "; while true; do sleep 1; done"));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        worker.start();
        await().until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
        assertThat(runs(Files.readString(pid).strip())).isTrue();
        worker.interrupt();
        assertThatThrownBy(result::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        await().until(() -> !runs(Files.readString(pid).strip()));
    }

    private static Outcome sh(int seconds, String script) throws InterruptedException {
        return run(seconds, "/bin/sh", "-c", script);
    }

    private static Outcome run(int seconds, String... command) throws InterruptedException {
        return new CommandProbe(MACHINE, new Command(Arrays.asList(command), seconds)).run(DEVICE);
    }

    private Path script(String... lines) throws IOException {
        List<String> text = new ArrayList<>(List.of("#!/bin/sh"));
        text.addAll(Arrays.asList(lines));
        Path file = Files.write(directory.resolve("script"), text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private static Stream<String> withArgument(String argument) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine())
                .flatMap(Optional::stream)
                .filter(line -> line.contains(argument));
    }

    private static boolean runs(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
