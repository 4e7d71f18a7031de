package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.trouble.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox as a user starts it. */
class SandboxIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Pattern KUBECONFIG = Pattern.compile("--kubeconfig (\\S+)");

    @TempDir
    private Path directory;

    private Path output() {
        return directory.resolve("output");
    }

    private Process sandbox(String... arguments) throws IOException {
        Path testkit = Line.project().resolve("testkit/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dproject=" + Line.project(),
                "-jar",
                testkit.resolve("testkit.jar").toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    @Test
    void sandboxObservesTheWholeLine() throws Exception {
        Process sandbox = sandbox("--replicas=2");
        assertThat(sandbox.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        String output = Files.readString(output());
        assertThat(sandbox.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("unplug -> kubelet told")
                .contains("plug -> status Ready again")
                .contains("rollout ended by")
                .contains("final status:", "All of it was seen.");
        assertThat(clusterDirectory(output)).doesNotExist();
    }

    @Test
    void sandboxFailsWhenTheApiServerRefusesTheManifest() throws Exception {
        Path manifest = directory.resolve("bad.yaml");
        Files.writeString(manifest, Line.manifest("bad", "kubernetes.io/bad", "/dev/null", ""));
        Process sandbox = sandbox(manifest.toString());
        assertThat(sandbox.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(sandbox.exitValue()).isEqualTo(1);
        assertThat(Files.readString(output())).contains("kubernetes.io domain");
    }

    @Test
    void keptSandboxTalksToKubectlAndCleansUpWhenInterrupted() throws Exception {
        assumeThat(Kubectl.isThere()).as("kubectl is not on the PATH").isTrue();
        Process sandbox = sandbox("--keep");
        try {
            await().atMost(LIMIT)
                    .until(() -> Files.readString(output()).contains("Kept running") || !sandbox.isAlive());
            String output = Files.readString(output());
            Path kubeconfig = clusterDirectory(output).resolve("kubeconfig");
            assertThat(kubectl(kubeconfig, "get", "dpd")).contains("RESOURCES", "machine-devices", "True");
            assertThat(kubectl(kubeconfig, "wait", "--for=condition=Ready", "dpd/machine-devices", "--timeout=30s"))
                    .contains("condition met");
            assertThat(kubectl(kubeconfig, "describe", "dpd", "machine-devices"))
                    .contains("All Devices Ready".replace(" ", ""));
            assertThat(kubectl(kubeconfig, "get", "ndr")).contains("machine-devices.node-1");
            kubectl(kubeconfig, "apply", "-f", example());
            kubectl(kubeconfig, "delete", "dpd", "machine-devices", "--wait=true", "--timeout=30s");
            assertThat(kubectl(kubeconfig, "get", "dpd")).doesNotContain("machine-devices");
        } finally {
            sandbox.destroy();
        }
        assertThat(sandbox.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(clusterDirectory(Files.readString(output()))).doesNotExist();
    }

    private static String example() {
        return Line.project()
                .resolve("examples/machine-devices/deployment.yaml")
                .toString();
    }

    private static Path clusterDirectory(String output) {
        Matcher matcher = KUBECONFIG.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Path.of(matcher.group(1)).getParent();
    }

    private String kubectl(Path kubeconfig, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
