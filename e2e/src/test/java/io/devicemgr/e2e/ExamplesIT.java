package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.testkit.Example;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples whose hardware any machine can play do what they say, and all are explained alike. */
class ExamplesIT {
    /** Devices that make an example run. Hardware of one's own is left to those who have it; bin/sandbox runs machine-devices. */
    private static final Map<String, List<String>> DEVICES = Map.of(
            "kvm-and-fuse", List.of("/dev/kvm", "/dev/fuse"),
            "rollout", List.of("/dev/ttyS0", "/dev/ttyS1"),
            "serial-adapters", List.of("/dev/ttyACM0"),
            "sound-card", List.of("/dev/snd/controlC0", "/dev/snd/pcmC0D0p", "/dev/snd/timer"),
            "discover-only", List.of());

    private static Line line;

    @BeforeAll
    static void start() throws IOException {
        line = Line.start();
        line.cluster().images().add("busybox:1.37", Image.IDLE);
    }

    @AfterAll
    static void kubeletsSawNoBreachOfTheirContract() {
        try {
            line.cluster().nodes().values().forEach(node -> node.kubelet().assertNoViolations());
        } finally {
            line.close();
        }
    }

    static List<Example> examples() {
        return Example.below(Line.project().resolve("examples"));
    }

    private static GenericKubernetesResource read(Path file) throws IOException {
        return Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsExplainedUnderTheSameHeadings(Example example) throws IOException {
        assertThat(Files.readString(example.file().resolveSibling("README.md")))
                .startsWith("# ")
                .containsSubsequence(
                        "\n**What it shows.** ",
                        "\n**What it needs.** ",
                        "\n**Apply.**",
                        "\n**Look.** ",
                        "\n**Ask for a device.** ")
                .contains(example.spec().discoverOnly() ? "discoverOnly" : "apply -f pod.yaml");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void podAsksForWhatTheExampleOffers(Example example) throws IOException {
        if (example.spec().discoverOnly()) {
            assertThat(example.pod()).doesNotExist();
            return;
        }
        Set<String> offered =
                example.spec().resources().stream().map(DeviceResource::name).collect(Collectors.toSet());
        assertThat(requested(example)).isNotEmpty();
        assertThat(offered).containsAll(requested(example));
    }

    private static Set<String> requested(Example example) throws IOException {
        Pod pod = Serialization.unmarshal(Files.readString(example.pod()), Pod.class);
        return pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getResources().getLimits().keySet().stream())
                .collect(Collectors.toSet());
    }

    /** All at once, each on a node of its own, because a resource has one deployment on a node. */
    @Test
    void examplesThatAnyMachineCanPlayDoWhatTheySay() throws IOException {
        Map<Example, DeploymentWatch> watches = new HashMap<>();
        for (Example example : examples()) {
            if (DEVICES.containsKey(example.toString())) {
                node(example);
                GenericKubernetesResource deployment = read(example.file());
                deployment.getAdditionalProperties().put("spec", onItsNode(example, deployment));
                watches.put(example, line.apply(Serialization.asYaml(deployment)));
            }
        }
        assertThat(watches).hasSameSizeAs(DEVICES);
        for (Map.Entry<Example, DeploymentWatch> each : watches.entrySet()) {
            line.awaitReady(each.getValue());
            if (!each.getKey().spec().discoverOnly()) {
                podRunsWithItsDevices(each.getKey());
            }
        }
    }

    private static void node(Example example) throws IOException {
        Map<String, String> labels = new HashMap<>(example.spec().placement().nodeSelector());
        labels.put("pool", example.toString());
        SimulatedNode node = line.cluster().addNode(example.toString(), labels);
        Iterator<Path> machine = DeviceTree.machineDevices().iterator();
        DEVICES.get(example.toString()).forEach(path -> node.devices().plug(path, machine.next()));
        if (example.toString().equals("serial-adapters")) {
            new UsbAdapter(node, "A9TRX").plug("1-1", "ttyUSB0", machine.next().toString());
        }
    }

    private static Object onItsNode(Example example, GenericKubernetesResource deployment) {
        Map<String, Object> spec = new HashMap<>();
        ((Map<?, ?>) deployment.get("spec")).forEach((field, value) -> spec.put((String) field, value));
        Map<String, Object> placement = new HashMap<>();
        Map<String, String> selector = new HashMap<>(example.spec().placement().nodeSelector());
        selector.put("pool", example.toString());
        placement.put("nodeSelector", selector);
        spec.put("placement", placement);
        return spec;
    }

    private static void podRunsWithItsDevices(Example example) throws IOException {
        Pod pod = Serialization.unmarshal(Files.readString(example.pod()), Pod.class);
        String name = pod.getMetadata().getName();
        pod.getSpec().setNodeSelector(Map.of("pool", example.toString()));
        line.client().resource(pod).inNamespace("default").create();
        Line.eventually().untilAsserted(() -> {
            Pod running =
                    line.client().pods().inNamespace("default").withName(name).get();
            assertThat(running.getStatus()).isNotNull();
            assertThat(running.getStatus().getPhase())
                    .as(() -> String.valueOf(running.getStatus().getMessage()))
                    .isEqualTo("Running");
        });
        ContainerDevices given = line.cluster()
                .node(example.toString())
                .containerDevices("default", name, "main")
                .orElseThrow();
        assertThat(given.deviceIds().keySet()).isEqualTo(requested(example));
        assertThat(given.devices()).isNotEmpty();
    }
}
