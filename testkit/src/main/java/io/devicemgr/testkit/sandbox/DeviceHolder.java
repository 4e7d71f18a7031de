package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A pod of a user's that asks for a device and holds it. */
final class DeviceHolder {
    private static final String NAMESPACE = "default";
    private static final String NAME = "consumer";
    private static final String CONTAINER = "main";
    private static final String IMAGE = "consumer:sandbox";

    private final SimulatedCluster cluster;
    private final Progress progress;
    private final Duration limit;
    private String node;
    private Optional<Long> process = Optional.empty();
    private Optional<ContainerDevices> devices = Optional.empty();

    DeviceHolder(SimulatedCluster cluster, Progress progress, Duration limit) {
        this.cluster = cluster;
        this.progress = progress;
        this.limit = limit;
        cluster.images().add(IMAGE, new Image(List.of("/bin/sleep", "86400"), Map.of()));
    }

    /** Whether the pod gets one of the resource on that node. */
    boolean gets(String resource, String onNode) {
        node = onNode;
        cluster.client().resource(pod(resource)).create();
        Pod pod = cluster.client()
                .pods()
                .inNamespace(NAMESPACE)
                .withName(NAME)
                .waitUntilCondition(
                        p -> p != null
                                && p.getStatus() != null
                                && !"Pending".equals(p.getStatus().getPhase()),
                        limit.toSeconds(),
                        TimeUnit.SECONDS);
        progress.say(
                "pod %s asks for 1 %s: %s on %s",
                NAME, resource, pod.getStatus().getPhase(), pod.getSpec().getNodeName());
        devices = devices();
        process = process();
        devices.ifPresent(this::print);
        return devices.filter(g -> g.ids(resource).size() == 1 && !g.devices().isEmpty())
                .isPresent();
    }

    /** Whether it is the same process with the same devices as in the beginning. */
    boolean stillHolds() {
        boolean holds = process.isPresent() && process.equals(process()) && devices.equals(devices());
        progress.say(
                holds
                        ? "pod %s is the same process, with the same device"
                        : "pod %s has lost its process or its device",
                NAME);
        return holds;
    }

    private Optional<Long> process() {
        return cluster.node(node).processId(NAMESPACE, NAME, CONTAINER);
    }

    private Optional<ContainerDevices> devices() {
        return cluster.node(node).containerDevices(NAMESPACE, NAME, CONTAINER);
    }

    private Pod pod(String resource) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .addToNodeSelector("kubernetes.io/hostname", node)
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName(CONTAINER)
                .withImage(IMAGE)
                .withNewResources()
                .addToLimits(resource, new Quantity("1"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }

    private void print(ContainerDevices given) {
        given.deviceIds().forEach((resource, ids) -> progress.say("  %s = %s", resource, String.join(",", ids)));
        given.devices()
                .forEach(d -> progress.say("  device %s as %s (%s)", d.hostPath(), d.containerPath(), d.permissions()));
        given.env().forEach((key, value) -> progress.say("  env %s=%s", key, value));
        given.mounts()
                .forEach(m -> progress.say(
                        "  mount %s at %s%s", m.hostPath(), m.containerPath(), m.readOnly() ? " (read-only)" : ""));
    }
}
