package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happened on v1.36.2 when two plugins, or two lives of one, offered the same resource (facts 4 and 5, rule 93). */
class HandOverFactsTest extends KubeletScene {
    private SimulatedKubelet kubelet;
    private ScriptedPlugin first;
    private ScriptedPlugin second;

    @BeforeEach
    void twoPlugins() {
        kubelet = kubelet();
        first = plugin(kubelet).offering("a");
        second = plugin(kubelet).offering("a", "b", "c");
        join(kubelet, first);
    }

    // Fact 4.
    @Test
    void endOfTheFirstPluginCutsOffTheSecond() {
        join(kubelet, second);
        counts(kubelet, 3, 3);

        first.stopServing();

        counts(kubelet, 3, 0);
        await().atMost(SOON).until(() -> second.cancelledStreams.get() == 1);
    }

    // Rule 93: the other order of exit.
    @Test
    void endOfTheSecondPluginLeavesTheFirstStreamOpenButTheResourceDown() {
        join(kubelet, second);

        second.stopServing();

        counts(kubelet, 3, 0);
        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(1);
        assertThat(first.cancelledStreams.get()).isZero();
    }

    // Rule 93.
    @Test
    void lastMessageOfEitherPluginReplacesTheWholeList() {
        join(kubelet, second);
        counts(kubelet, 3, 3);

        first.send("z");

        counts(kubelet, 1, 1);
    }

    // Rule 93.
    @Test
    void allocateGoesToThePluginThatRegisteredLast() {
        join(kubelet, second);

        kubelet.admit(PodSpecification.of("p", RESOURCE, 1)).containers();

        assertThat(second.allocations).hasSize(1);
        assertThat(first.allocations).isEmpty();
    }

    // Fact 5, section 2.5: between look-up and removal.
    @Test
    void registerBetweenLookUpAndRemovalIsLostSilently() {
        try (HandOverHold hold = kubelet.faults().holdHandOver(HandOverStep.REMOVE, RESOURCE)) {
            first.stopServing();
            hold.awaitReached(SOON);
            join(kubelet, second);
        }
        counts(kubelet, 3, 0);
        assertLostSilently();
    }

    // Fact 5: the same outcome by the switch.
    @Test
    void lossByTheFaultSwitchLooksTheSame() {
        kubelet.faults().loseSilently(RESOURCE);
        counts(kubelet, 1, 0);
        second = first;

        assertLostSilently();
    }

    private void assertLostSilently() {
        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(1);
        assertThat(second.cancelledStreams.get()).isZero();

        second.send("a", "b", "c", "d");
        counts(kubelet, 4, 4);
        AdmissionResult result = kubelet.admit(PodSpecification.of("p", RESOURCE, 1));

        assertThat(result).isInstanceOfSatisfying(Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo("UnexpectedAdmissionError");
            assertThat(rejected.message()).contains("has been stopped");
        });
        assertThat(second.allocations).isEmpty();
        clock.advance(Duration.ofMinutes(5).plusSeconds(1));
        counts(kubelet, 0, 0);
        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(1);
    }

    // Section 2.5: before the look-up.
    @Test
    void registerBeforeTheLookUpIsClosed() {
        try (HandOverHold hold = kubelet.faults().holdHandOver(HandOverStep.LOOK_UP, RESOURCE)) {
            first.stopServing();
            hold.awaitReached(SOON);
            join(kubelet, second);
        }

        counts(kubelet, 3, 0);
        await().atMost(SOON).until(() -> second.cancelledStreams.get() == 1);
    }

    // Section 2.5: after the removal only the endpoint is hit, the record of the new client stands.
    @Test
    void registerBetweenRemovalAndMarkIsStoppedButStaysRecorded() {
        try (HandOverHold hold = kubelet.faults().holdHandOver(HandOverStep.MARK, RESOURCE)) {
            first.stopServing();
            hold.awaitReached(SOON);
            join(kubelet, second);
        }
        counts(kubelet, 3, 0);
        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(1);
    }

    // Rule 83.
    @Test
    void registerRightAfterTheEndOfTheOwnStreamIsAWarning() {
        first.stopServing();
        counts(kubelet, 1, 0);

        join(kubelet, second);

        counts(kubelet, 3, 3);
        assertThat(kubelet.warnings())
                .extracting(Violation::kind)
                .containsExactly(ViolationKind.REGISTERED_WITHOUT_PAUSE);
    }
}
