package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A change that is no good takes one agent away, and that one comes back as it was. */
class RollbackIT {
    /** For what never works: nothing is judged by the deadline on the way back. */
    private static final String HASTY = "{canary: {soakSeconds: 1}, progressDeadlineSeconds: 2}";
    /** Time enough for a busy machine to start an agent: what is judged here is what it sees. */
    private static final String PATIENT = "{canary: {soakSeconds: 1}, progressDeadlineSeconds: 10}";

    private static final String GOOD_IMAGE = "agent:good";

    private static Line line;

    @BeforeAll
    static void start() throws IOException {
        line = Line.start();
    }

    @AfterAll
    static void kubeletsSawNoBreachOfTheirContract() {
        try {
            line.cluster().nodes().values().forEach(node -> node.kubelet().assertNoViolations());
        } finally {
            line.close();
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("unstable", "echo no such driver; exit 3", HASTY, "is not ready"),
                Arguments.of("mute", "exec sleep 600", HASTY, "is not ready"),
                Arguments.of(
                        "blind",
                        "mkdir -p $DEV_DIR/../part; cp -d $DEV_DIR/blind0 $DEV_DIR/../part; export DEV_DIR=$DEV_DIR/../part",
                        PATIENT,
                        "blind1 was healthy before and is gone"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void theCanaryGetsItsGoodAgentBackAndTheOthersKeepTheirs(String name, String shell, String rollout, String failure)
            throws IOException {
        Rolling rolling = Rolling.ready(line, name, 2);
        rolling.image("agent:" + name, shell);
        rolling.apply("agent:" + name, rollout);
        rolling.awaitBack(failure);
        String canary = rolling.firstDeleted().node();
        assertThat(rolling.replaced()).containsOnlyKeys(canary).containsEntry(canary, 2L);
        assertThat(rolling.mostAway()).isOne();
    }

    @Test
    void afterARollbackTheNextGenerationStartsAfresh() throws IOException {
        Rolling rolling = Rolling.ready(line, "pulled", 2);
        rolling.apply("agent:nowhere", "{canary: {soakSeconds: 1}, progressDeadlineSeconds: 5}");
        rolling.awaitBack("is not ready (ImagePullBackOff) for 5 s");
        assertThat(rolling.deployment().getSpec().agent().image()).isEqualTo("agent:nowhere");
        assertThat(rolling.replaced()).hasSize(1);
        assertThat(rolling.mostAway()).isOne();

        rolling.image(GOOD_IMAGE, "");
        rolling.apply(GOOD_IMAGE, "{canary: {soakSeconds: 1}}");
        rolling.awaitComplete(GOOD_IMAGE);
        assertThat(rolling.status().failedRevision()).isNullOrEmpty();
    }

    @Test
    void onFailurePauseLeavesEverythingAsItIs() throws IOException {
        Rolling rolling = Rolling.ready(line, "halted", 2);
        rolling.apply("agent:nowhere", "{canary: {soakSeconds: 1}, progressDeadlineSeconds: 2, onFailure: Pause}");
        rolling.await(ConditionReason.DeadlineExceeded, "nothing else is changed");
        assertThat(rolling.images()).containsExactlyInAnyOrder(Rolling.FIRST_IMAGE, "agent:nowhere");
        assertThat(rolling.replaced()).hasSize(1);

        rolling.image(GOOD_IMAGE, "");
        rolling.apply(GOOD_IMAGE, "{canary: {soakSeconds: 1}, onFailure: Pause}");
        rolling.awaitComplete(GOOD_IMAGE);
    }

    @Test
    void aGoodImageThatCannotBeHadAnyMoreTakesNoWorkingAgentAway() throws IOException {
        Rolling rolling = Rolling.ready(line, "gone", 2);
        rolling.image("agent:gone", "exit 3");
        line.cluster().images().purge(Rolling.FIRST_IMAGE);
        rolling.apply("agent:gone", HASTY);
        rolling.await(ConditionReason.RolledBack, "going back");
        String canary = rolling.firstDeleted().node();
        Line.eventually()
                .until(() -> rolling.agent(canary)
                        .filter(pod -> pod.getStatus().getContainerStatuses().stream()
                                .map(status -> status.getState().getWaiting())
                                .anyMatch(waiting -> waiting != null && "ImagePullBackOff".equals(waiting.getReason())))
                        .isPresent());
        assertThat(rolling.replaced()).containsOnlyKeys(canary);
        assertThat(rolling.mostAway()).isOne();

        rolling.image(Rolling.FIRST_IMAGE, "");
        rolling.awaitBack("is not ready");
        assertThat(rolling.replaced()).containsOnlyKeys(canary);
    }
}
