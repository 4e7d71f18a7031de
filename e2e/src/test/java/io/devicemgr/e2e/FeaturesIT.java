package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.StartResult;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the spec can ask of an agent, from `kubectl apply` to the container and back to the status. */
class FeaturesIT {
    private static Line line;

    @BeforeAll
    static void start() throws IOException {
        line = Line.start();
        line.cluster().images().add("shell", new Image(List.of("/bin/sh"), Map.of()));
    }

    @AfterAll
    static void kubeletsSawNoBreachOfTheirContract() {
        try {
            line.cluster().nodes().values().forEach(node -> node.kubelet().assertNoViolations());
        } finally {
            line.close();
        }
    }

    @Test
    void aSharedDeviceServesSeveralPodsAndIsOneDeviceInTheStatus() throws IOException {
        SimulatedNode node = line.node("sharing", "share", 1);
        DeploymentWatch watch =
                line.apply(manifest("sharing", "- path: {glob: \"/dev/share*\"}", "sharing: {replicas: 3}"));
        line.awaitReady(watch);
        assertThat(node.kubelet().allocatable()).containsEntry("example.com/sharing", 3);
        for (int i = 0; i < 3; i++) {
            node.kubelet()
                    .admit(PodSpecification.of("share-" + i, "example.com/sharing", 1))
                    .containers();
        }
        Device device = device("sharing", found -> found.allocatedTo().size() == 3);
        assertThat(device.id()).isEqualTo("share0");
        line.await(
                watch,
                "one device, allocated",
                d -> d.getStatus().devices().total() == 1
                        && d.getStatus().devices().allocated() == 1);
        line.awaitReady(watch);
    }

    @Test
    void aUsbAdapterIsFoundByItsSerialNumberWhereverItIsPluggedIn() throws IOException {
        SimulatedNode node = line.node("usb", "unused", 0);
        UsbAdapter adapter = new UsbAdapter(node, "A9TRX");
        adapter.plug("1-1", "ttyUSB0", "/dev/null");
        DeploymentWatch watch =
                line.apply(manifest("usb", "- usb: {vendorId: \"0403\", serialNumber: \"A9*\", expose: [tty]}", ""));
        line.awaitReady(watch);
        Device device = device("usb", found -> found.health().name().equals("Healthy"));
        assertThat(device.id()).isEqualTo("usb-0403-6001-A9TRX");
        assertThat(device.paths()).containsExactly("/dev/ttyUSB0");

        adapter.pull("1-1", "ttyUSB0");
        line.awaitFalse(watch, ConditionType.DevicesHealthy, ConditionReason.SomeUnhealthy, "/dev/ttyUSB0");
        adapter.plug("1-2", "ttyUSB5", "/dev/zero");
        // Nobody holds it, so it goes on under its new number.
        line.awaitReady(watch);
        assertThat(device("usb", found -> found.health().name().equals("Healthy"))
                        .paths())
                .containsExactly("/dev/ttyUSB5");
    }

    @Test
    void aProbeThatFailsIsToldWithItsReasonAndHealsWithTheDevice() throws IOException {
        SimulatedNode node = line.node("probes", "unused", 0);
        UsbAdapter adapter = new UsbAdapter(node, "P1");
        adapter.plug("1-1", "ttyUSB0", "/dev/null");
        Path state = adapter.directory("1-1").resolve("state");
        Files.writeString(state, "ok\n");
        DeploymentWatch watch = line.apply(manifest("probes", "- usb: {serialNumber: P1, expose: [tty]}", """
                health:
                      periodSeconds: 1
                      probes:
                      - open: {mode: ReadWrite}
                      - sysfsAttribute: {path: state, in: [ok]}"""));
        line.awaitReady(watch);
        Files.writeString(state, "overheated\n");
        Device device = device("probes", found -> found.reason() == DeviceReason.AttributeUnexpected);
        assertThat(device.message()).contains("overheated");
        line.awaitFalse(watch, ConditionType.DevicesHealthy, ConditionReason.SomeUnhealthy, "AttributeUnexpected");
        await().atMost(Line.LIMIT)
                .until(() -> node.kubelet().allocatable().getOrDefault("example.com/probes", -1) == 0);
        Files.writeString(state, "ok\n");
        line.awaitReady(watch);
    }

    @Test
    void withCdiADeviceThatCameBackElsewhereIsRightAtTheNextStartOfItsContainer() throws IOException {
        SimulatedNode node = line.node("cdi", "unused", 0);
        UsbAdapter adapter = new UsbAdapter(node, "C1");
        adapter.plug("1-1", "ttyUSB0", "/dev/null");
        DeploymentWatch watch = line.apply(manifest("cdi", "- usb: {serialNumber: C1, expose: [tty]}", """
                allocate:
                      containerPath: /dev/modem
                      cdi: {enabled: true}"""));
        line.awaitReady(watch);
        runPod(node, "modem", "example.com/cdi");
        assertThat(given(node, "modem").devices()).containsExactly(new DeviceNode("/dev/ttyUSB0", "/dev/modem", "rw"));

        adapter.pull("1-1", "ttyUSB0");
        line.awaitFalse(watch, ConditionType.DevicesHealthy, ConditionReason.SomeUnhealthy, "Missing");
        adapter.plug("1-1", "ttyUSB3", "/dev/full");
        line.awaitReady(watch);
        node.kill("default", "modem", "main");
        await().atMost(Line.LIMIT)
                .untilAsserted(() -> assertThat(given(node, "modem").devices())
                        .containsExactly(new DeviceNode("/dev/ttyUSB3", "/dev/modem", "rw")));
    }

    @Test
    void aDriverThatAnInitContainerInstallsIsThereBeforeTheAgent() throws IOException {
        line.node("driver", "unused", 0);
        DeploymentWatch watch = line.apply(manifest("driver", "- path: {glob: \"/dev/drv*\"}", "") + """
                  agent:
                    initContainers:
                    - name: driver
                      image: shell
                      args: ["-c", "ln -s /dev/null $TREE/drv0"]
                      env: [{name: TREE, value: /dev}]
                      volumeMounts: [{name: dev, mountPath: /dev}]
                """);
        line.awaitReady(watch);
        assertThat(device("driver", found -> true).id()).isEqualTo("drv0");
    }

    @Test
    void aDeviceIsMadeReadyBeforeEachStartOfItsContainerOrTheContainerWaits() throws IOException {
        SimulatedNode node = line.node("prepare", "prep", 1);
        Path log = Files.createTempFile("prepared", ".txt");
        DeploymentWatch watch = line.apply(manifest("prepare", "- path: {glob: \"/dev/prep*\"}", """
                prepare:
                      command: ["/bin/sh", "-c", "test -w $0 && echo $1 >> $0", "%s", "$(DEVICE_PATH)"]""".formatted(log)));
        line.awaitReady(watch);
        PodSpecification pod = PodSpecification.of("prepared", "example.com/prepare", 1);
        node.kubelet().admit(pod).containers();
        assertThat(node.kubelet().startContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(node.kubelet().restartContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(Files.readAllLines(log)).hasSize(2).allMatch(path -> path.endsWith("/prep0"));
        Files.delete(log);
        assertThat(node.kubelet().startContainer(pod, "main"))
                .isInstanceOfSatisfying(
                        StartResult.ConfigError.class,
                        waiting -> assertThat(waiting.message()).contains("prep0"));
    }

    @Test
    void oneDeviceForTwoResourcesIsAnErrorThatNamesBoth() throws IOException {
        line.node("contest", "both", 1);
        line.apply("""
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: contest}
                spec:
                  placement: {nodeSelector: {pool: contest}}
                  resources:
                  - {name: example.com/first, discover: [{path: {glob: "/dev/both*"}}]}
                  - {name: example.com/second, discover: [{bundle: {globs: ["/dev/both0"]}}]}
                """);
        await().atMost(Line.LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(report("contest").getStatus().resources().stream()
                                .filter(resource -> resource.name().equals("example.com/second"))
                                .map(resource -> String.valueOf(resource.lastError())))
                        .singleElement()
                        .asString()
                        .contains("/dev/both0", "example.com/first", "example.com/second"));
    }

    @Test
    void discoverOnlyTellsWhatWouldBeFoundAndRegistersNothing() throws IOException {
        SimulatedNode node = line.node("dry", "dry", 2);
        DeploymentWatch watch =
                line.apply(manifest("dry", "- path: {glob: \"/dev/dry*\"}\n    - pci: {class: \"0x0380\"}", "")
                        + "  discoverOnly: true\n");
        line.awaitReady(watch);
        assertThat(report("dry").getStatus().devices()).hasSize(2);
        assertThat(report("dry").getStatus().nothingFound())
                .singleElement()
                .satisfies(nothing -> assertThat(nothing.selector()).contains("pci", "0x0380"));
        assertThat(node.kubelet().calls().all()).isEmpty();
    }

    /** A deployment of one resource, example.com/&lt;name&gt;, on the node of that name. */
    private static String manifest(String name, String selector, String more) {
        return """
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: %1$s}
                spec:
                  placement: {nodeSelector: {pool: %1$s}}
                  resources:
                  - name: example.com/%1$s
                    discover:
                    %2$s
                    %3$s
                """.formatted(name, selector, more);
    }

    private static NodeDeviceReport report(String deployment) {
        return line.client()
                .resources(NodeDeviceReport.class)
                .withName(deployment + "." + deployment)
                .get();
    }

    /** Waits until the only device of the deployment is as expected. */
    private static Device device(String deployment, Predicate<Device> expected) {
        return await().atMost(Line.LIMIT)
                .until(
                        () -> Optional.ofNullable(report(deployment))
                                .map(NodeDeviceReport::getStatus)
                                .filter(status -> status.devices().size() == 1)
                                .map(status -> status.devices().get(0)),
                        found -> found.filter(expected).isPresent())
                .orElseThrow();
    }

    private static void runPod(SimulatedNode node, String name, String resource) {
        line.cluster().apiServer().applyYaml("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default}
                spec:
                  nodeName: %s
                  containers:
                  - name: main
                    image: shell
                    args: ["-c", "exec sleep 600"]
                    resources: {limits: {%s: 1}}
                """.formatted(name, node.name(), resource));
        await().atMost(Line.LIMIT)
                .until(() -> node.containerDevices("default", name, "main").isPresent()
                        && "Running"
                                .equals(line.client()
                                        .pods()
                                        .inNamespace("default")
                                        .withName(name)
                                        .get()
                                        .getStatus()
                                        .getPhase()));
    }

    private static ContainerDevices given(SimulatedNode node, String pod) {
        return node.containerDevices("default", pod, "main").orElseThrow();
    }
}
