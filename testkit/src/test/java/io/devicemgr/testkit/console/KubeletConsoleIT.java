package io.devicemgr.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.testkit.kubelet.ScriptedPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody who tests a plugin types, and what he reads. */
class KubeletConsoleIT {
    private static final String RESOURCE = "example.com/serial";

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private KubeletConsole console;
    private ScriptedPlugin plugin;

    @BeforeEach
    void start() throws IOException {
        // Short: the path of a Unix socket has at most 107 bytes.
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "kc");
        console = new KubeletConsole(
                ConsoleArguments.parse(List.of("--numa=2", directory.toString())),
                new PrintStream(output, true, StandardCharsets.UTF_8));
        plugin = new ScriptedPlugin(console.kubelet(), RESOURCE, "plugin.sock");
    }

    @AfterEach
    void stop() {
        plugin.close();
        console.close();
    }

    private void offers(String... ids) {
        plugin.offering(ids).serve().register();
    }

    private String told() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aPluginThatKeepsTheContractIsToldSo() {
        offers("a", "b");
        assertThat(List.of(
                        "wait example.com/serial 2",
                        "admit one example.com/serial 1",
                        "start one",
                        "reject greedy example.com/serial 2",
                        "health one example.com/serial",
                        "status",
                        "remove one"))
                .allMatch(console::run);
        assertThat(console.verdict()).isTrue();
        assertThat(told())
                .contains("register example.com/serial plugin.sock: ok")
                .contains("list of example.com/serial: 2 devices: a Healthy, b Healthy")
                .contains("pod one is admitted")
                .containsPattern("device /dev/[ab] as /dev/[ab] \\(rw\\)")
                .contains("pod greedy is refused: UnexpectedAdmissionError")
                .contains("capacity 2, allocatable 2, open streams 1, registrations 1")
                .contains("no breach of the contract");
    }

    @Test
    void aBreachIsToldWithItsRule() {
        offers("a", "a");
        assertThat(console.run("wait example.com/serial 1")).isTrue();
        assertThat(console.verdict()).isFalse();
        assertThat(told()).contains("BREACH of rule 43: DUPLICATE_ID").contains("1 breaches of the contract");
    }

    @Test
    void aLineThatComesToSomethingElseHasFailed() {
        offers("a");
        assertThat(console.run("wait example.com/serial 1")).isTrue();
        assertThat(console.run("reject one example.com/serial 1")).isFalse();
        assertThat(console.run("wait example.com/serial 5 0")).isFalse();
        assertThat(console.run("start nobody")).isFalse();
        assertThat(console.run("admit one example.com/serial many")).isFalse();
        assertThat(console.run("plugin restart")).isFalse();
        assertThat(console.run("dance")).isFalse();
        assertThat(told())
                .contains("FAILED: reject one")
                .contains("no pod of that name")
                .contains("say it as 'help' does")
                .contains("no plugin was started")
                .contains("unknown: dance");
    }

    @Test
    void aKubeletThatWasRestartedKnowsThePluginAgainWhenItRegisters() {
        offers("a");
        assertThat(List.of("wait example.com/serial 1", "admit one example.com/serial 1", "start one"))
                .allMatch(console::run);
        assertThat(console.run("kubelet restart")).isTrue();
        assertThat(console.run("wait example.com/serial 0")).isTrue();
        plugin.close();
        plugin = new ScriptedPlugin(console.kubelet(), RESOURCE, "again.sock");
        offers("a");
        assertThat(List.of("wait example.com/serial 1", "readmit")).allMatch(console::run);
        assertThat(told()).contains("the kubelet listens").contains("pod uid-one is admitted");
    }

    @Test
    void whatCannotBeUnderstoodOfTheCommandLineIsNamed() {
        assertThatThrownBy(() -> ConsoleArguments.parse(List.of())).hasMessageContaining("one directory");
        assertThatThrownBy(() -> ConsoleArguments.parse(List.of("/tmp/k", "--numa=many")))
                .hasMessageContaining("--numa=many");
        assertThatThrownBy(() -> ConsoleArguments.parse(List.of("/tmp/k", "--policy=best")))
                .hasMessageContaining("best");
        assertThat(ConsoleArguments.parse(List.of("/tmp/k", "--", "plugin", "--flag"))
                        .plugin())
                .containsExactly("plugin", "--flag");
    }
}
