package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images that cannot be had, and images that misbehave. */
class ImagesIT {
    private static final Image SLEEP = new Image(List.of("/bin/sleep", "600"), Map.of());

    private DaemonScene scene;

    @BeforeEach
    void start() throws IOException {
        scene = new DaemonScene();
        scene.node("a");
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void anImageThatIsNowhereIsBackedOffFromUntilItIsThere() {
        long moment = scene.cluster().history().now();
        scene.apply("1", "registry.example/agent:2");
        Pod pod = scene.awaitSeen(
                "a", p -> DaemonScene.waiting(p, "ImagePullBackOff").isPresent());
        assertThat(DaemonScene.waiting(pod, "ImagePullBackOff").orElseThrow())
                .startsWith(
                        "Back-off pulling image \"registry.example/agent:2\": ErrImagePull: rpc error: code = NotFound")
                .endsWith("registry.example/agent:2: not found");
        scene.awaitSeen("a", p -> DaemonScene.waiting(p, "ErrImagePull").isPresent());

        scene.cluster().images().add("registry.example/agent:2", SLEEP);
        assertThat(scene.readyPod("a").getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
        assertThat(scene.cluster().history().mostAway(DaemonScene.LABEL, moment))
                .as("nothing was there before")
                .isZero();
    }

    @Test
    void aNodeUsesWhatItHasPulledUntilThatIsCleanedUp() {
        scene.apply("1", "sleep:1");
        scene.cluster().images().add("sleep:1", SLEEP);
        Pod first = scene.readyPod("a");
        scene.cluster().images().remove("sleep:1");
        scene.delete(first);
        Pod second = scene.readyPod("a", first);

        scene.cluster().images().purge("sleep:1");
        scene.delete(second);
        scene.awaitPod("a", p -> DaemonScene.waiting(p, "ImagePullBackOff").isPresent());
    }

    @Test
    void anImageThatEndsAtItsStartIsRestartedOnceThenBackedOffFromWithItsLastWords() {
        scene.cluster().images().add("broken", SLEEP.after("echo no driver for $HOSTNAME; exit 3"));
        scene.apply("1", "broken");
        scene.awaitSeen(
                "a",
                p -> p.getStatus() != null
                        && p.getStatus().getContainerStatuses().stream()
                                .anyMatch(s -> s.getState().getTerminated() != null));
        Pod pod = scene.awaitSeen(
                "a", p -> DaemonScene.waiting(p, "CrashLoopBackOff").isPresent());
        assertThat(DaemonScene.waiting(pod, "CrashLoopBackOff").orElseThrow())
                .contains("restarting failed container=main pod="
                        + pod.getMetadata().getName());
        ContainerStateTerminated end =
                pod.getStatus().getContainerStatuses().get(0).getLastState().getTerminated();
        assertThat(end.getExitCode()).isEqualTo(3);
        assertThat(end.getReason()).isEqualTo("Error");
        assertThat(end.getMessage()).startsWith("no driver");
    }

    @Test
    void aPieceOfShellBeforeTheProgramChangesWhatItSees() {
        scene.cluster()
                .images()
                .add(
                        "seeing",
                        new Image(List.of("/bin/sh", "-c", "echo $PART; exec sleep 600"), Map.of())
                                .after("export PART=half"));
        scene.apply("1", "seeing");
        Pod pod = scene.readyPod("a");
        await().atMost(DaemonScene.LIMIT)
                .untilAsserted(() -> assertThat(
                                scene.cluster().node("a").log(pod.getMetadata().getName(), "main"))
                        .hasContent("half"));
    }
}
