package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.CDIDevice;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.ScriptedPlugin;
import io.devicemgr.testkit.kubelet.ScriptedRegistration;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What kubelet and container runtime of a simulated node do for one pod. */
class PodRuntimeIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String RESOURCE = "example.com/serial";
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: worker, namespace: default}
            spec:
              nodeName: node-1
              terminationGracePeriodSeconds: 5
              initContainers:
            INIT
              containers:
              - name: main
                image: shell
                args: ["-c", "MAIN"]
                resources: {limits: {LIMITS}}
                env:
                - {name: OUT, value: /out}
                - {name: DEVICE, value: /dev/serial}
                volumeMounts:
                - {name: out, mountPath: /out}
              volumes:
              - {name: out, hostPath: {path: /var/out, type: DirectoryOrCreate}}
            """;
    private static final String INIT = """
              - name: NAME
                image: shell
                args: ["-c", "SCRIPT"]
                env: [{name: OUT, value: /out}]
                volumeMounts: [{name: out, mountPath: /out}]
            """.indent(0);

    private SimulatedCluster cluster;
    private SimulatedNode node;

    @BeforeEach
    void start() throws IOException {
        cluster = SimulatedCluster.start(Duration.ofMillis(200));
        cluster.images().add("shell", new Image(List.of("/bin/sh"), Map.of()));
        node = cluster.addNode("node-1", Map.of());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void pod(String init, String main, String limits) {
        cluster.apiServer()
                .applyYaml(POD.replace("INIT\n", init)
                        .replace("  initContainers:\n  containers", "  containers")
                        .replace("MAIN", main)
                        .replace("LIMITS", limits));
    }

    private static String init(String name, String script) {
        return INIT.replace("NAME", name).replace("SCRIPT", script);
    }

    private PodStatus status() {
        return cluster.client()
                .pods()
                .inNamespace("default")
                .withName("worker")
                .get()
                .getStatus();
    }

    private void awaitStatus(Predicate<PodStatus> wanted) {
        await().atMost(LIMIT).until(() -> status() != null && wanted.test(status()));
    }

    private Path out(String name) {
        return node.hostPath("/var/out").resolve(name);
    }

    private static Predicate<PodStatus> running() {
        return status -> status.getContainerStatuses().stream()
                .anyMatch(s -> s.getState().getRunning() != null);
    }

    @Test
    void initContainersRunOneAfterTheOtherBeforeTheMainContainer() throws IOException {
        pod(
                init("first", "echo first >> $OUT/order") + init("second", "echo second >> $OUT/order"),
                "echo main >> $OUT/order; exec sleep 600",
                "");

        await().atMost(LIMIT).untilAsserted(() -> assertThat(out("order")).hasContent("first\nsecond\nmain"));
        awaitStatus(running());
        assertThat(status().getInitContainerStatuses()).allSatisfy(s -> {
            assertThat(s.getState().getTerminated().getExitCode()).isZero();
            assertThat(s.getState().getTerminated().getReason()).isEqualTo("Completed");
        });
    }

    @Test
    void aFailingInitContainerIsShownAndTriedAgainWithBackOff() {
        pod(
                init("driver", "echo try >> $OUT/tries; exit $(test -e $OUT/good; echo $?)"),
                "echo main >> $OUT/order; exec sleep 600",
                "");

        awaitStatus(s -> initState(s, "Error"));
        assertThat(status().getPhase()).isEqualTo("Pending");
        awaitStatus(s -> initState(s, "CrashLoopBackOff"));
        assertThat(out("order")).doesNotExist();
        assertThat(status().getContainerStatuses()
                        .get(0)
                        .getState()
                        .getWaiting()
                        .getReason())
                .isEqualTo("PodInitializing");

        assertThat(out("good").toFile().mkdir()).isTrue();

        await().atMost(LIMIT).untilAsserted(() -> assertThat(out("order")).hasContent("main"));
        awaitStatus(running());
        assertThat(out("tries").toFile()).isNotEmpty();
    }

    private static boolean initState(PodStatus status, String reason) {
        return status.getInitContainerStatuses().stream()
                .map(ContainerStatus::getState)
                .anyMatch(state -> state.getTerminated() != null
                                && state.getTerminated().getReason().equals(reason)
                                && state.getTerminated().getExitCode() == 1
                        || state.getWaiting() != null
                                && state.getWaiting().getReason().equals(reason));
    }

    // Rule 71a: names are looked up at every start.
    @Test
    void cdiNamesAreResolvedAtEveryContainerStart() throws IOException {
        node.devices().plug("/dev/ttyUSB0", Path.of("/dev/null"));
        node.devices().plug("/dev/ttyUSB7", Path.of("/dev/zero"));
        try (ScriptedPlugin plugin = new ScriptedPlugin(node.kubelet(), RESOURCE, "p.sock").offering("a")) {
            plugin.onAllocate = request -> AllocateResponse.newBuilder()
                    .addContainerResponses(ContainerAllocateResponse.newBuilder()
                            .addCdiDevices(CDIDevice.newBuilder().setName("example.com/serial=a")))
                    .build();
            plugin.serve().register();
            await().atMost(LIMIT).until(() -> node.kubelet().allocatable().getOrDefault(RESOURCE, 0) == 1);

            pod("", "echo $CDI $(readlink $DEVICE) >> $OUT/seen; exec sleep 600", RESOURCE + ": 1");
            awaitStatus(s -> waitingFor(s, "CreateContainerError"));
            assertThat(status().getContainerStatuses()
                            .get(0)
                            .getState()
                            .getWaiting()
                            .getMessage())
                    .contains("unresolvable CDI devices example.com/serial=a");

            spec("/dev/ttyUSB0");
            await().atMost(LIMIT).untilAsserted(() -> assertThat(out("seen")).hasContent("yes /dev/null"));
            assertThat(given().devices()).containsExactly(new DeviceNode("/dev/ttyUSB0", "/dev/serial", "rw"));

            spec("/dev/ttyUSB7");
            node.kill("default", "worker", "main");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(out("seen")).hasContent("yes /dev/null\nyes /dev/zero"));
        }
    }

    private static boolean waitingFor(PodStatus status, String reason) {
        return status.getContainerStatuses().stream()
                .map(s -> s.getState().getWaiting())
                .anyMatch(waiting -> waiting != null && reason.equals(waiting.getReason()));
    }

    private ContainerDevices given() {
        return node.containerDevices("default", "worker", "main").orElseThrow();
    }

    private void spec(String hostPath) throws IOException {
        Path directory = Files.createDirectories(node.hostPath("/var/run/cdi"));
        Files.writeString(directory.resolve("serial.json"), """
                {"cdiVersion": "0.6.0", "kind": "example.com/serial",
                 "devices": [{"name": "a", "containerEdits": {"deviceNodes": [
                   {"path": "/dev/serial", "hostPath": "%s", "permissions": "rw"}]}}],
                 "containerEdits": {"env": ["CDI=yes"]}}
                """.formatted(hostPath));
    }

    // Rules 67 and 69: a node of the answer that is gone keeps the container from starting until it is back.
    @Test
    void aDeviceThatIsGoneFromTheHostFailsTheContainersStart() throws IOException {
        node.devices().plug("/dev/a", Path.of("/dev/null"));
        try (ScriptedPlugin plugin = new ScriptedPlugin(node.kubelet(), RESOURCE, "p.sock").offering("a")) {
            plugin.serve().register();
            await().atMost(LIMIT).until(() -> node.kubelet().allocatable().getOrDefault(RESOURCE, 0) == 1);
            pod("", "exec sleep 600", RESOURCE + ": 1");
            awaitStatus(running());

            node.devices().unplug("/dev/a");
            node.kill("default", "worker", "main");

            awaitStatus(s -> waitingFor(s, "CreateContainerError"));
            assertThat(status().getContainerStatuses()
                            .get(0)
                            .getState()
                            .getWaiting()
                            .getMessage())
                    .contains("adding custom device \"/dev/a\": no such file or directory");
            node.devices().replug("/dev/a");
            awaitStatus(running());
        }
    }

    // Rule 28.
    @Test
    void everyNodeWatchesItsOwnPluginsRegistry() {
        Path registry = node.hostPath("/var/lib/kubelet/plugins_registry");
        assertThat(registry).isDirectory();
        try (ScriptedRegistration registration = new ScriptedRegistration(RESOURCE, "");
                ScriptedPlugin plugin = new ScriptedPlugin(
                        node.kubelet(),
                        RESOURCE,
                        registry.resolve("serial.sock").toString())) {
            plugin.offering("a", "b").with(registration).serve();

            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(cluster.client()
                                    .nodes()
                                    .withName("node-1")
                                    .get()
                                    .getStatus()
                                    .getAllocatable()
                                    .get(RESOURCE))
                            .hasToString("2"));
        }
    }

    @Test
    void aNodeCanHaveALaterKubeletAndPathsOfItsOwn() throws IOException {
        SimulatedNode later = cluster.addNode("later", Map.of(), kubelet -> kubelet.profile(KubeletProfile.K137));

        assertThat(later.kubelet().options().profile()).isEqualTo(KubeletProfile.K137);
        assertThat(node.kubelet().options().profile()).isEqualTo(KubeletProfile.K136);
        assertThat(List.of("/sys/bus/usb", "/var/run/cdi", "/dev/ttyUSB0"))
                .allSatisfy(path -> assertThat(later.hostPath(path))
                        .startsWithRaw(cluster.directory().resolve("later")));
        later.showMachineDevices();
        assertThat(later.hostPath("/sys/bus")).isEqualTo(Path.of("/sys/bus"));
        assertThat(later.hostPath("/dev/null")).isEqualTo(Path.of("/dev/null"));
    }
}
