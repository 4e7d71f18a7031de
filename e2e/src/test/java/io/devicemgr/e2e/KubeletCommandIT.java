package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/kubelet} as a vendor calls it, with the agent for a plugin. */
class KubeletCommandIT {
    @TempDir
    private Path output;

    private int run(String lines, Map<String, String> environment, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Line.project().resolve("testkit/target/testkit.jar").toString(),
                "io.devicemgr.testkit.console.KubeletMain"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.resolve("told").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
            input.write(lines);
        } catch (IOException e) {
            assertThat(lines).as("a command that reads nothing has ended").isEmpty();
        }
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(this::told).isTrue();
        return process.exitValue();
    }

    private String told() {
        try {
            return Files.readString(output.resolve("told"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aGoodPluginEndsWithZero() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "k");
        List<String> arguments = new ArrayList<>(List.of(directory.toString(), "--"));
        arguments.addAll(VendorPlugin.command());
        int code = run("""
                # comments and empty lines are nothing

                wait example.com/null 2 60
                admit one example.com/null 1
                plugin kill
                wait example.com/null 0 60
                plugin start
                wait example.com/null 2 60
                health one example.com/null
                """, VendorPlugin.environment(directory), arguments);
        assertThat(code).as(this::told).isZero();
        assertThat(told()).contains("pod one is admitted", "=Healthy}", "no breach of the contract");
    }

    @Test
    void aLineThatFailsEndsWithOneAndAWrongCommandLineWithTwo() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "k");
        assertThat(run("wait example.com/none 1 0\nquit\n", Map.of(), List.of(directory.toString())))
                .isEqualTo(1);
        assertThat(run("", Map.of(), List.of("--wrong", "/tmp/k"))).isEqualTo(2);
        assertThat(told()).contains("unknown option --wrong", "usage:", "reject POD RESOURCE");
    }
}
