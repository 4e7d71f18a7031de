package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Toleration;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the DaemonSet controller does and leaves alone. */
class DaemonSetControllerIT {
    private DaemonScene scene;

    @BeforeEach
    void start() throws IOException {
        scene = new DaemonScene();
        scene.node("a");
        scene.apply("1", "sleep");
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void podsAreBoundByTheSchedulerAndTolerateWhatAilsANode() {
        Pod pod = scene.readyPod("a");
        assertThat(pod.getSpec().getTolerations())
                .extracting(Toleration::getKey, Toleration::getEffect)
                .contains(
                        tuple("node.kubernetes.io/unreachable", "NoExecute"),
                        tuple("node.kubernetes.io/unschedulable", "NoSchedule"));
        assertThat(NodeFit.namedNode(pod.getSpec())).contains("a");
    }

    @Test
    void aGenerationThatIsNotObservedYetMakesPodsOfTheOldTemplate() {
        Pod first = scene.readyPod("a");
        scene.awaitCounts(status -> status.getObservedGeneration() == 1);
        scene.cluster().daemonSets().observeAfter(DaemonSetController.NEVER);
        scene.apply("2", "sleep");
        scene.delete(first);

        Pod second = scene.readyPod("a", first);
        assertThat(second.getMetadata().getLabels()).containsEntry("version", "1");
        assertThat(scene.daemonSet().getStatus().getObservedGeneration()).isEqualTo(1);

        scene.cluster().daemonSets().observeAfter(Duration.ZERO);
        scene.awaitCounts(status -> status.getObservedGeneration() == 2 && status.getUpdatedNumberScheduled() == 0);
        assertThat(scene.readyPod("a").getMetadata().getUid())
                .isEqualTo(second.getMetadata().getUid());
        scene.delete(second);
        assertThat(scene.readyPod("a", second).getMetadata().getLabels()).containsEntry("version", "2");
    }

    @Test
    void aNodeThatIsNoLongerSelectedLosesItsPodAtOnce() throws IOException {
        scene.node("b");
        scene.readyPod("a");
        scene.readyPod("b");
        scene.cluster()
                .client()
                .nodes()
                .withName("b")
                .edit(node -> node.edit()
                        .editMetadata()
                        .addToLabels("disk", "slow")
                        .endMetadata()
                        .build());
        await().atMost(DaemonScene.LIMIT).until(() -> scene.pod("b").isEmpty());
        scene.awaitCounts(status -> status.getDesiredNumberScheduled() == 1 && status.getNumberMisscheduled() == 0);
        assertThat(scene.readyPod("a")).isNotNull();
    }

    @Test
    void aTaintThatOnlyPreventsSchedulingLeavesTheRunningPodAndCountsItAsMisscheduled() {
        Pod pod = scene.readyPod("a");
        scene.cluster()
                .client()
                .nodes()
                .withName("a")
                .edit(node -> node.edit()
                        .editSpec()
                        .addNewTaint("NoSchedule", "dedicated", null, "gpu")
                        .endSpec()
                        .build());
        scene.awaitCounts(status -> status.getDesiredNumberScheduled() == 0 && status.getNumberMisscheduled() == 1);
        assertThat(scene.readyPod("a").getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
        scene.delete(pod);
        scene.awaitCounts(status -> status.getNumberMisscheduled() == 0);
        assertThat(scene.pods()).isEmpty();
    }

    @Test
    void admissionThatRefusesPodsIsToldInEventsUntilItRefusesNoMore() {
        Pod pod = scene.readyPod("a");
        scene.cluster().daemonSets().refusePods(PodRefusal.POD_SECURITY);
        scene.delete(pod);

        await().atMost(DaemonScene.LIMIT)
                .until(() -> scene.events("FailedCreate").stream().anyMatch(event -> event.getCount() > 1));
        assertThat(scene.events("FailedCreate")).singleElement().satisfies(event -> {
            assertThat(event.getMessage())
                    .startsWith("Error creating: pods \"daemon-\" is forbidden: violates PodSecurity");
            assertThat(event.getInvolvedObject().getKind()).isEqualTo("DaemonSet");
            assertThat(event.getInvolvedObject().getUid())
                    .isEqualTo(scene.daemonSet().getMetadata().getUid());
        });
        assertThat(scene.pods()).isEmpty();
        scene.awaitCounts(status -> status.getDesiredNumberScheduled() == 1 && status.getCurrentNumberScheduled() == 0);

        scene.cluster().daemonSets().refusePods(null);
        scene.readyPod("a", pod);
    }

    @Test
    void anEvictedPodIsReplacedAtOnceTheFirstTimeAndLaterTheSecond() {
        Pod first = scene.readyPod("a");
        evict(first);
        Pod second = scene.readyPod("a", first);
        evict(second);
        Pod failed = scene.awaitSeen(
                "a",
                pod -> pod.getMetadata().getUid().equals(second.getMetadata().getUid())
                        && pod.getStatus() != null
                        && "Failed".equals(pod.getStatus().getPhase()));
        assertThat(failed.getStatus().getReason()).isEqualTo("Evicted");
        assertThat(failed.getStatus().getMessage()).startsWith("The node was low on resource");
        scene.readyPod("a", second);
        assertThat(scene.events("FailedDaemonPod")).hasSize(2);
    }

    private void evict(Pod pod) {
        scene.cluster()
                .node("a")
                .evict(SimulatedCluster.NAMESPACE, pod.getMetadata().getName());
    }

    @Test
    void aPodThatIsAskedToEndStaysUntilItsProcessHasAndTheNextOneComesAfter() {
        scene.cluster()
                .images()
                .add(
                        "stubborn",
                        new ImageStore.Image(
                                List.of("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"), Map.of()));
        Pod calm = scene.readyPod("a");
        scene.apply("2", "stubborn");
        scene.awaitCounts(status -> status.getObservedGeneration() == 2);
        scene.delete(calm);
        Pod stubborn = scene.readyPod("a", calm);
        long process = scene.process("a");
        long moment = scene.cluster().history().now();

        scene.delete(stubborn);

        Pod next = scene.readyPod("a", stubborn);
        assertThat(ProcessHandle.of(process).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(scene.cluster().history().since(moment))
                .extracting(PodChange::kind, PodChange::pod)
                .startsWith(
                        tuple(PodChange.Kind.DELETED, stubborn.getMetadata().getName()),
                        tuple(PodChange.Kind.GONE, stubborn.getMetadata().getName()),
                        tuple(PodChange.Kind.CREATED, next.getMetadata().getName()));
    }
}
