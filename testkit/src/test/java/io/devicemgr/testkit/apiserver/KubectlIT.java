package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kubectl against the server. */
class KubectlIT extends ApiServerFixture {
    private static final String WIDGET =
            "apiVersion: test.devicemgr.io/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: 5, mode: Slow}\n";
    private static final String DAEMON_SET = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent}
            spec:
              selector: {matchLabels: {app: agent}}
              template:
                metadata: {labels: {app: agent}}
                spec:
                  containers:
                  - {name: one, image: "i:1"}
                  - {name: two, image: "i:1"}
            """;

    @TempDir
    Path dir;

    /** Exit code and all output. */
    record Result(int code, String out) {}

    @BeforeEach
    void requireKubectl() throws IOException {
        boolean found = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(p -> Files.isExecutable(Path.of(p, "kubectl")));
        assumeTrue(found, "kubectl is not on the PATH: install it to run this test");
        server.writeKubeconfig(dir.resolve("kubeconfig"));
        Files.writeString(dir.resolve("widget.yaml"), WIDGET);
        Files.writeString(
                dir.resolve("changed.yaml"),
                WIDGET.replace("size: 5", "size: 6").replace(", mode: Slow", ""));
        Files.writeString(dir.resolve("ds.yaml"), DAEMON_SET);
    }

    @Test
    void clientSideApplyCreatesChangesAndLeavesAlone() {
        assertThat(kubectl("apply", "-f", "widget.yaml").out()).contains("widget.test.devicemgr.io/a created");
        assertThat(kubectl("apply", "-f", "widget.yaml").out()).contains("widget.test.devicemgr.io/a unchanged");
        assertThat(kubectl("diff", "-f", "changed.yaml").out()).contains("-  size: 5", "+  size: 6");
        assertThat(kubectl("apply", "-f", "changed.yaml").out()).contains("widget.test.devicemgr.io/a configured");
        assertThat(kubectl("get", "wd", "a", "-o", "jsonpath={.spec.size} {.spec.mode}")
                        .out())
                .isEqualTo("6 Fast");
    }

    @Test
    void builtInKindsApplyByStrategicMerge() throws IOException {
        assertThat(kubectl("apply", "-f", "ds.yaml").out()).contains("daemonset.apps/agent created");
        Files.writeString(dir.resolve("ds.yaml"), DAEMON_SET.replace("      - {name: one, image: \"i:1\"}\n", ""));
        assertThat(kubectl("apply", "-f", "ds.yaml").out()).contains("daemonset.apps/agent configured");
        assertThat(kubectl("get", "ds", "agent", "-o", "jsonpath={.spec.template.spec.containers[*].name}")
                        .out())
                .isEqualTo("two");
        assertThat(kubectl("set", "image", "ds/agent", "two=i:2").out()).contains("image updated");
        assertThat(kubectl("get", "ds", "-o", "wide").out()).contains("NODE SELECTOR", "i:2", "app=agent");
    }

    @Test
    void serverSideApplyReportsConflictsAndForces() {
        assertThat(kubectl("apply", "--server-side", "-f", "widget.yaml").out()).contains("serverside-applied");
        Result conflict = kubectl("apply", "--server-side", "--field-manager=other", "-f", "changed.yaml");
        assertThat(conflict.code()).isEqualTo(1);
        assertThat(conflict.out()).contains("Apply failed with 1 conflict: conflict with \"kubectl\": .spec.size");
        assertThat(kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=other", "-f", "changed.yaml")
                        .code())
                .isZero();
    }

    @Test
    void mistakesAreToldInTheWordsOfARealServer() throws IOException {
        Files.writeString(dir.resolve("bad.yaml"), WIDGET.replace("size: 5", "size: 5, foo: 1"));
        assertThat(kubectl("create", "-f", "bad.yaml").out())
                .contains("strict decoding error: unknown field \"spec.foo\"");
        Files.writeString(dir.resolve("bad.yaml"), WIDGET.replace("size: 5", "size: 0"));
        assertThat(kubectl("create", "-f", "bad.yaml").out())
                .contains("The Widget \"a\" is invalid: spec.size: Invalid value: 0");
        assertThat(kubectl("get", "nope").out()).contains("the server doesn't have a resource type \"nope\"");
    }

    @Test
    void labelsAnnotationsStatusAndWaiting() {
        kubectl("apply", "-f", "widget.yaml");
        assertThat(kubectl("label", "wd", "a", "x=y").out()).contains("labeled");
        assertThat(kubectl("annotate", "wd", "a", "k=v").out()).contains("annotated");
        String status = "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
        assertThat(kubectl("patch", "wd", "a", "--subresource=status", "--type=merge", "-p", status)
                        .out())
                .contains("patched");
        assertThat(kubectl("wait", "--for=condition=Ready", "wd/a", "--timeout=10s")
                        .out())
                .contains("condition met");
        assertThat(kubectl("get", "wd", "-l", "x=y", "-o", "wide").out())
                .containsPattern("NAME +SIZE +READY +MODE +AGE\na +5 +True +Slow +\\d+s");
        assertThat(kubectl("delete", "wd", "a", "--wait=false").out()).contains("deleted");
        assertThat(kubectl("wait", "--for=delete", "wd/a", "--timeout=10s").code())
                .isZero();
    }

    @Test
    void describeAndExplainKnowTheKinds() {
        kubectl("apply", "-f", "widget.yaml");
        assertThat(kubectl("describe", "wd", "a").out()).contains("Name:         a", "Kind:         Widget", "Events:");
        assertThat(kubectl("explain", "widget.spec.options").out())
                .contains("GROUP:      test.devicemgr.io", "level\t<integer>");
        assertThat(kubectl("explain", "pod.spec.containers").out()).contains("imagePullPolicy\t<string>");
        assertThat(kubectl("get", "test-things").out()).contains("a");
        assertThat(kubectl("api-resources", "--api-group=test.devicemgr.io").out())
                .contains("widgets", "wd");
    }

    @Test
    void watchingPrintsRowsAsTheyCome() throws IOException {
        Path out = dir.resolve("watch.out");
        Process watch =
                process(List.of("get", "wd", "-w")).redirectOutput(out.toFile()).start();
        try {
            await().until(() -> server.openWatches() >= 1);
            kubectl("apply", "-f", "widget.yaml");
            kubectl("apply", "-f", "changed.yaml");
            await().untilAsserted(() ->
                    assertThat(Files.readString(out)).containsPattern("NAME +SIZE +READY +AGE\na +5 .*\na +6 "));
        } finally {
            watch.destroy();
        }
    }

    @Test
    void podsAndNodesPrintTheirState() throws IOException {
        server.applyYaml("""
                apiVersion: v1
                kind: Node
                metadata: {name: w-1, labels: {node-role.kubernetes.io/worker: ""}}
                status: {conditions: [{type: Ready, status: "True"}], nodeInfo: {kubeletVersion: v1.36.2}}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec: {nodeName: w-1, containers: [{name: c, image: "i:1"}]}
                """);
        String status =
                "{\"status\":{\"containerStatuses\":[{\"name\":\"c\",\"ready\":false,\"restartCount\":2,\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}}]}}";
        kubectl("patch", "pod", "p", "--subresource=status", "-p", status);

        assertThat(kubectl("get", "nodes").out()).containsPattern("w-1 +Ready +worker +\\d+s +v1.36.2");
        assertThat(kubectl("get", "pods").out()).containsPattern("p +0/1 +CrashLoopBackOff +2 +\\d+s");
        assertThat(kubectl("describe", "node", "w-1").out()).contains("Non-terminated Pods:", "default");
        assertThat(kubectl("cordon", "w-1").out()).contains("node/w-1 cordoned");
        assertThat(kubectl("delete", "pod", "p").out()).contains("pod \"p\" deleted");
    }

    private Result kubectl(String... arguments) {
        try {
            Path out = Files.createTempFile(dir, "kubectl", ".out");
            Process process =
                    process(List.of(arguments)).redirectOutput(out.toFile()).start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("kubectl ended")
                    .isTrue();
            return new Result(process.exitValue(), Files.readString(out));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private ProcessBuilder process(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--cache-dir=" + dir.resolve("cache")));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", dir.resolve("kubeconfig").toString());
        return builder;
    }
}
