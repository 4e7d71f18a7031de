package io.devicemgr.operator.status;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Holder;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.WatchMode;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A cluster in which anything may happen next, what an API server would never say included. */
final class RandomScene {
    private static final String WORDS = "a long story about what went wrong, with quotes \" and lines\n ".repeat(40);

    final Scene scene = new Scene();
    long generation = 3;
    private final Random random;

    RandomScene(long seed) {
        random = new Random(seed);
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL).offering("example.com/camera");
    }

    /** The next moment. */
    void change(int step) {
        scene.now = scene.now.plusSeconds(random.nextInt(90));
        if (one(10)) {
            scene.sample.generation(++generation);
        }
        int nodes = step % 40 == 39 ? 120 : 6;
        for (int i = 0; i < nodes; i++) {
            change("w-" + i);
        }
        scene.failedCreates.clear();
        if (one(4)) {
            scene.failedCreates.add(one(2) ? WORDS : "Error creating: pods \"x\" is forbidden: exceeded quota: q");
        }
        scene.violations.clear();
        if (one(8)) {
            scene.violations.add(new Violation(
                    one(2) ? ConditionReason.Invalid : ConditionReason.ResourceConflict, "spec.resources: " + WORDS));
        }
        scene.offersNothing = one(12);
    }

    private void change(String name) {
        if (one(3)) {
            scene.nodes.removeIf(node -> node.getMetadata().getName().equals(name));
            if (!one(6)) {
                scene.nodes.add(node(name));
            }
        }
        if (one(3)) {
            scene.pods.removeIf(pod -> pod.name().equals("agent-" + name));
            if (!one(5)) {
                scene.pods.add(new AgentPod(pod(name), pick("rev", "rev", "rev", "old", null)));
            }
        }
        if (one(3)) {
            scene.reports.removeIf(report -> report.getSpec().nodeName().equals(name));
            if (!one(6)) {
                scene.reports.add(report(name));
            }
        }
        scene.podEvents.remove("agent-" + name);
        if (one(6)) {
            scene.podEvents.put("agent-" + name, pick(WORDS, "MountVolume.SetUp failed for volume \"dev\" : no", ""));
        }
    }

    private Node node(String name) {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .withNewStatus()
                .addToAllocatable(Scene.SERIAL, new Quantity(Integer.toString(random.nextInt(3))))
                .addNewCondition()
                .withType("Ready")
                .withStatus(pick("True", "True", "True", "False", "Unknown"))
                .withReason(pick("KubeletReady", "NodeStatusUnknown", null))
                .endCondition()
                .endStatus()
                .build();
        if (one(10)) {
            node.getStatus().setConditions(null);
            node.getStatus().setAllocatable(null);
        }
        if (one(15)) {
            node.setStatus(pick(null, new NodeStatus()));
        }
        return node;
    }

    private Pod pod(String node) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("agent-" + node)
                .withCreationTimestamp(Scene.at(scene.now))
                .withDeletionTimestamp(one(8) ? Scene.at(scene.now) : null)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .withStatus(podStatus())
                .build();
        if (one(20)) {
            pod.setSpec(null);
        }
        return pod;
    }

    private PodStatus podStatus() {
        if (one(10)) {
            return pick(null, new PodStatus());
        }
        PodStatus status = new PodStatusBuilder()
                .withPhase(pick("Pending", "Running", "Running", "Failed", "Succeeded", null))
                .withReason(pick(null, null, "Evicted"))
                .withMessage(pick(null, WORDS))
                .withConditions(
                        condition("Ready", pick("True", "True", "False")),
                        condition("PodScheduled", pick("True", "True", "True", "False")))
                .withContainerStatuses(container("agent"))
                .withInitContainerStatuses(one(4) ? List.of(container("driver")) : List.of())
                .build();
        if (one(10)) {
            status.setConditions(null);
            status.setContainerStatuses(null);
            status.setInitContainerStatuses(null);
        }
        return status;
    }

    private PodCondition condition(String type, String status) {
        PodCondition condition = new PodCondition();
        condition.setType(type);
        condition.setStatus(status);
        condition.setReason(pick(null, "Unschedulable"));
        condition.setMessage(pick(null, WORDS, "0/5 nodes are available: 5 Insufficient memory."));
        condition.setLastTransitionTime(pick(null, "nonsense", Scene.at(scene.now)));
        return condition;
    }

    private ContainerStatus container(String name) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(pick(null, "agent:1"))
                .withReady(pick(null, true, false))
                .withRestartCount(pick(null, 0, 5))
                .withState(state())
                .withLastState(state())
                .build();
    }

    private ContainerState state() {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> new ContainerState();
            case 2 ->
                new ContainerStateBuilder()
                        .withNewRunning(pick(null, Scene.at(scene.now)))
                        .build();
            case 3 ->
                new ContainerStateBuilder()
                        .withNewWaiting(pick(null, WORDS), pick(null, "ErrImagePull", "CrashLoopBackOff", "Strange"))
                        .build();
            default ->
                new ContainerStateBuilder()
                        .withNewTerminated()
                        .withExitCode(pick(null, 0, 137))
                        .withReason(pick(null, "Error", "OOMKilled"))
                        .withMessage(pick(null, WORDS, "short\n"))
                        .endTerminated()
                        .build();
        };
    }

    private NodeDeviceReport report(String node) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.getMetadata().setName(NodeDeviceReport.nameOf("lab", node));
        report.setSpec(new NodeDeviceReportSpec("lab", node));
        report.setStatus(one(10) ? null : reportStatus());
        return report;
    }

    private NodeDeviceReportStatus reportStatus() {
        List<Device> devices = new ArrayList<>();
        for (int i = random.nextInt(one(20) ? 80 : 3); i > 0; i--) {
            devices.add(device("tty" + i));
        }
        return new NodeDeviceReportStatus(
                pick(null, "1.0"),
                pick("rev", "rev", "rev", "old", null),
                pick(null, KubeletSocket.Present, KubeletSocket.Present, KubeletSocket.Missing),
                pick(null, WatchMode.Inotify, WatchMode.Polling),
                null,
                one(8) ? null : List.of(registration(Scene.SERIAL), registration("example.com/camera")),
                devices,
                one(2)
                        ? null
                        : List.of(new NothingFound(
                                Scene.SERIAL, pick("/dev/x*", null), NothingFound.Reason.NoMatch, pick(null, WORDS))),
                pick(null, true),
                pick(null, null, WORDS));
    }

    private Resource registration(String name) {
        return new Resource(
                name, !one(5), pick(null, true, false), null, pick(null, null, WORDS, ""), null, null, null, null);
    }

    private Device device(String id) {
        return new Device(
                one(30) ? null : Scene.SERIAL,
                one(30) ? null : id,
                one(5) ? null : List.of("/dev/" + (one(20) ? id.repeat(900) : id)),
                null,
                pick(null, DeviceHealth.Healthy, DeviceHealth.Healthy, DeviceHealth.Unhealthy),
                pick(null, DeviceReason.Present, DeviceReason.Missing),
                pick(null, WORDS),
                pick(null, "nonsense", Scene.at(Scene.START)),
                null,
                one(3) ? List.of(new Holder("default", "pod", "main"), new Holder(null, null, null)) : null);
    }

    private boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
