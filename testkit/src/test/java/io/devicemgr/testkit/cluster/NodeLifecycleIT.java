package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that fall silent, are cordoned, leave and come back, and what becomes of their pods. */
class NodeLifecycleIT {
    private static final List<String> UNREACHABLE =
            List.of("node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");

    private DaemonScene scene;
    private SimulatedNode node;

    @BeforeEach
    void start() throws IOException {
        scene = new DaemonScene();
        scene.cluster().nodeGrace(Duration.ZERO);
        node = scene.node("a");
        scene.apply("1", "sleep");
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private NodeCondition ready() {
        return scene.nodeObject("a").getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    private void awaitUnreachable() {
        await().atMost(DaemonScene.LIMIT)
                .until(() -> ready().getStatus().equals("Unknown")
                        && scene.taints("a").equals(UNREACHABLE)
                        && scene.pod("a").filter(DaemonScene::isReady).isEmpty());
    }

    private void awaitReachable() {
        await().atMost(DaemonScene.LIMIT)
                .until(() ->
                        ready().getStatus().equals("True") && scene.taints("a").isEmpty());
    }

    @Test
    void aSilentKubeletMakesItsNodeUnreachableAndItsPodsUnready() {
        Pod pod = scene.readyPod("a");
        long process = scene.process("a");
        node.kubelet().stop();
        awaitUnreachable();
        assertThat(ready().getMessage()).isEqualTo("Kubelet stopped posting node status.");
        assertThat(ProcessHandle.of(process)).isPresent();

        node.kubelet().start();
        awaitReachable();
        assertThat(scene.readyPod("a").getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
        assertThat(scene.process("a")).isEqualTo(process);
    }

    @Test
    void aPodThatIsDeletedOnADeadNodeStaysUntilTheNodeIsBack() {
        Pod pod = scene.readyPod("a");
        node.powerOff();
        awaitUnreachable();
        scene.delete(pod);
        scene.apply("2", "sleep");
        scene.awaitCounts(status -> status.getObservedGeneration() == 2);
        Pod kept = scene.pod("a").orElseThrow();
        assertThat(kept.getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
        assertThat(kept.getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(scene.pods()).hasSize(1);

        node.powerOn();
        awaitReachable();
        assertThat(scene.readyPod("a", pod).getMetadata().getLabels()).containsEntry("version", "2");
    }

    @Test
    void aRebootStartsTheContainersOfTheSamePodsAgain() {
        Pod pod = scene.readyPod("a");
        long process = scene.process("a");
        node.reboot();
        Pod after = scene.awaitPod(
                "a",
                p -> DaemonScene.isReady(p)
                        && p.getStatus().getContainerStatuses().get(0).getRestartCount() == 1);
        assertThat(after.getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
        assertThat(scene.process("a")).isPositive().isNotEqualTo(process);
        assertThat(after.getStatus()
                        .getContainerStatuses()
                        .get(0)
                        .getLastState()
                        .getTerminated()
                        .getExitCode())
                .isEqualTo(255);
        awaitReachable();
    }

    @Test
    void aNodeThatSaysItIsNotReadyIsTaintedWithAnotherKey() {
        scene.readyPod("a");
        node.setReady(false);
        await().atMost(DaemonScene.LIMIT)
                .until(() -> scene.taints("a")
                        .equals(List.of(
                                "node.kubernetes.io/not-ready:NoSchedule", "node.kubernetes.io/not-ready:NoExecute")));
        node.setReady(true);
        awaitReachable();
    }

    @Test
    void aCordonedNodeKeepsItsPodAndGetsANewOne() {
        Pod pod = scene.readyPod("a");
        scene.cluster()
                .client()
                .nodes()
                .withName("a")
                .edit(n -> n.edit().editSpec().withUnschedulable(true).endSpec().build());
        await().atMost(DaemonScene.LIMIT)
                .until(() -> scene.taints("a").equals(List.of("node.kubernetes.io/unschedulable:NoSchedule")));
        scene.awaitCounts(status -> status.getDesiredNumberScheduled() == 1 && status.getNumberReady() == 1);
        scene.delete(pod);
        scene.readyPod("a", pod);
        scene.cluster()
                .client()
                .nodes()
                .withName("a")
                .edit(n -> n.edit().editSpec().withUnschedulable(null).endSpec().build());
        awaitReachable();
    }

    @Test
    void theTaintOfAnotherIsLeftAlone() {
        scene.readyPod("a");
        scene.cluster()
                .client()
                .nodes()
                .withName("a")
                .edit(n -> n.edit()
                        .editSpec()
                        .addNewTaint("NoSchedule", "dedicated", null, "gpu")
                        .endSpec()
                        .build());
        node.kubelet().stop();
        await().atMost(DaemonScene.LIMIT)
                .until(() -> scene.taints("a").containsAll(UNREACHABLE)
                        && scene.taints("a").contains("dedicated:NoSchedule"));
        node.kubelet().start();
        await().atMost(DaemonScene.LIMIT).until(() -> scene.taints("a").equals(List.of("dedicated:NoSchedule")));
    }

    @Test
    void theFirstOfTwoMachinesOfOneNameLeavesNothingToTheSecond() throws IOException {
        Pod pod = scene.readyPod("a");
        long process = scene.process("a");
        scene.cluster().removeNode("a");
        await().atMost(DaemonScene.LIMIT).until(() -> scene.pods().isEmpty());
        assertThat(ProcessHandle.of(process).filter(ProcessHandle::isAlive)).isEmpty();
        scene.awaitCounts(status -> status.getDesiredNumberScheduled() == 0);

        scene.node("a");
        scene.readyPod("a", pod);
    }

    @Test
    void aNodeWhoseObjectIsDeletedLosesItsPodsAndRegistersAtItsNextStart() {
        Pod pod = scene.readyPod("a");
        long process = scene.process("a");
        scene.cluster().client().nodes().withName("a").delete();
        await().atMost(DaemonScene.LIMIT).until(() -> scene.pods().isEmpty());
        await().atMost(DaemonScene.LIMIT)
                .until(() ->
                        ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
        node.reboot();
        scene.readyPod("a", pod);
    }
}
