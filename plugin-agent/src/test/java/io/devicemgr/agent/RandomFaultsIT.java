package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.Device;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random sequences of faults, one for each seed; the kubelets of even seeds are later ones. Whatever happens in between: the kubelet's last list is the inventory, no id
 * that a pod holds is ever missing from a list, and after the last fault everything is offered again; RegistrationTest says how soon. The seed is in the
 * test's name; -Dfaults.seed, -Dfaults.rounds and -Dfaults.steps repeat one, or try more of them.
 */
class RandomFaultsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final List<String> RESOURCES = List.of(AgentScene.SERIAL, AgentScene.CAMERA);
    private static final List<String> NAMES = List.of("ttyUSB0", "ttyUSB1", "ttyUSB2", "cam0", "cam1");

    private final List<String> story = new ArrayList<>();
    private final Map<String, String> plugged = new LinkedHashMap<>();
    private final List<PodSpecification> pods = new ArrayList<>();
    private final Map<PodSpecification, Set<String>> held = new ConcurrentHashMap<>();
    private final Queue<String> vanished = new ConcurrentLinkedQueue<>();
    private AgentScene scene;
    private Random random;
    private int podNumber;

    static LongStream seeds() {
        long first = Long.getLong("faults.seed", 1);
        return LongStream.range(first, first + Long.getLong("faults.rounds", 6));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theKubeletKnowsTheDevicesInTheEnd(long seed) throws IOException {
        random = new Random(seed);
        KubeletProfile profile = seed % 2 == 0 ? KubeletProfile.K137 : KubeletProfile.K136;
        story.add("seed " + seed + ", " + profile);
        try (AgentScene opened =
                new AgentScene(kubelet -> kubelet.withSeed(seed).profile(profile))) {
            scene = opened;
            scene.kubelet().onList((resource, devices, nanos) -> {
                Set<String> ids = devices.stream().map(device -> device.getID()).collect(Collectors.toSet());
                held.forEach((pod, own) -> own.stream()
                        .filter(id -> id.startsWith(stem(resource)) && !ids.contains(id))
                        .forEach(id -> vanished.add(id + " of " + pod.name())));
            });
            NAMES.forEach(name -> plug(name, 0));
            scene.kubelet().start();
            scene.startAgent();
            for (int step = Integer.getInteger("faults.steps", 25); step > 0; step--) {
                faults().get(random.nextInt(faults().size())).run();
            }
            end();
            everythingIsOfferedAgain();
            assertThat(vanished).as(story()).isEmpty();
            scene.kubelet().assertNoViolations();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(story(), e);
        }
    }

    private List<Runnable> faults() {
        SimulatedKubelet kubelet = scene.kubelet();
        return List.of(
                this::pullOrPlug,
                this::pullOrPlug,
                this::replace,
                this::settle,
                this::admit,
                this::admit,
                this::removePod,
                () -> tell("kubelet restarts", kubelet::restart),
                () -> tell("node reboots", kubelet::reboot),
                () -> tell("kubelet is killed", kubelet::kill),
                () -> tell("kubelet stops", kubelet::stop),
                this::kubeletStarts,
                this::agentRestarts,
                () -> ifStreaming("stream is cancelled", kubelet.faults()::cancelStream),
                () -> ifStreaming("plugin socket is deleted", kubelet.faults()::deletePluginSocket),
                () -> ifStreaming("reader stalls and goes on", resource -> {
                    kubelet.faults().stallReader(resource);
                    pullOrPlug();
                    kubelet.faults().resumeReader(resource);
                }),
                () -> tell("next registration fails", () -> kubelet.faults().rejectRegistrations(1, "not now")),
                () -> tell("next list is not read", () -> kubelet.faults().neverCallListAndWatch(1)),
                () -> tell("PodResources fails", () -> kubelet.faults().rejectPodResources(3)));
    }

    /** The last fault is over: the kubelet runs, and what was planned for it is called off. */
    private void end() {
        scene.kubelet().faults().rejectRegistrations(0, "");
        scene.kubelet().faults().neverCallListAndWatch(0);
        scene.kubelet().faults().rejectPodResources(0);
        kubeletStarts();
        held.keySet().retainAll(pods);
    }

    private void everythingIsOfferedAgain() {
        await("registered; " + story())
                .atMost(LIMIT)
                .until(() ->
                        RESOURCES.stream().allMatch(resource -> scene.kubelet().openStreams(resource) == 1)
                                && scene.get("/readyz").statusCode() == 200);
        // A replaced device waits until it is certain that nobody holds it.
        pods.forEach(scene.kubelet()::removePod);
        await("all healthy; " + story())
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(healthy()).containsExactlyInAnyOrderElementsOf(plugged.keySet()));
        for (String resource : RESOURCES) {
            await(resource + " as in the inventory; " + story())
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(scene.listed(resource)).isEqualTo(inventory(resource)));
        }
    }

    private Set<String> healthy() {
        return RESOURCES.stream()
                .flatMap(resource -> scene.listed(resource).entrySet().stream())
                .filter(device -> device.getValue().equals("Healthy"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Map<String, String> inventory(String resource) {
        Map<String, String> devices = new HashMap<>();
        for (Device device : scene.inventory().of(resource)) {
            devices.put(device.id().value(), device.health().isHealthy() ? "Healthy" : "Unhealthy");
        }
        return devices;
    }

    private void pullOrPlug() {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        if (plugged.containsKey(name)) {
            pull(name);
        } else {
            plug(name, random.nextInt(2));
        }
    }

    private void replace() {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        if (plugged.containsKey(name)) {
            pull(name);
            plug(name, 1);
        }
    }

    private void pull(String name) {
        tell("pull " + name, () -> quietly(() -> scene.unplug(name)));
        plugged.remove(name);
    }

    /** Each name has two devices that may stand under it. */
    private void plug(String name, int which) {
        String target = DeviceTree.machineDevices()
                .get(2 * NAMES.indexOf(name) + which)
                .getFileName()
                .toString();
        tell("plug " + name + " as " + target, () -> quietly(() -> scene.plug(name, target)));
        plugged.put(name, target);
    }

    private void settle() {
        if (scene.kubelet().isRunning()) {
            tell(
                    "settle",
                    () -> await(story())
                            .atMost(LIMIT)
                            .until(() -> RESOURCES.stream()
                                    .allMatch(resource -> scene.kubelet().openStreams(resource) > 0)));
        }
    }

    private void admit() {
        String resource = RESOURCES.get(random.nextInt(RESOURCES.size()));
        PodSpecification pod = PodSpecification.of("pod-" + podNumber++, resource, 1);
        if (scene.kubelet().isRunning()) {
            tell("admit " + pod.name() + " with " + resource, () -> {
                AdmissionResult result = scene.kubelet().admit(pod);
                if (result instanceof AdmissionResult.Admitted admitted) {
                    pods.add(pod);
                    Set<String> ids = new HashSet<>();
                    for (ContainerDevices devices : admitted.containers().values()) {
                        ids.addAll(devices.ids(resource));
                    }
                    held.put(pod, ids);
                }
            });
        }
    }

    private void removePod() {
        if (!pods.isEmpty()) {
            PodSpecification pod = pods.remove(random.nextInt(pods.size()));
            held.remove(pod);
            tell("remove " + pod.name(), () -> scene.kubelet().removePod(pod));
        }
    }

    private void kubeletStarts() {
        if (!scene.kubelet().isRunning()) {
            tell("kubelet starts", scene.kubelet()::start);
        }
    }

    private void agentRestarts() {
        tell("agent restarts", () -> {
            scene.stopAgent();
            quietly(scene::startAgent);
        });
    }

    private void ifStreaming(String fault, Consumer<String> action) {
        String resource = RESOURCES.get(random.nextInt(RESOURCES.size()));
        if (scene.kubelet().isRunning() && scene.kubelet().openStreams(resource) > 0) {
            tell(fault + ": " + resource, () -> action.accept(resource));
        }
    }

    private void tell(String what, Runnable action) {
        story.add(what);
        action.run();
    }

    private String story() {
        return "Story: " + String.join("; ", story);
    }

    private static String stem(String resource) {
        return resource.equals(AgentScene.SERIAL) ? "ttyUSB" : "cam";
    }

    private static void quietly(Action action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something that may fail. */
    private interface Action {
        void run() throws IOException;
    }
}
