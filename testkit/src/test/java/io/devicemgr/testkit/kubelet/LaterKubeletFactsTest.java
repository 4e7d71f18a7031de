package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.kubelet.AdmissionResult.Admitted;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where kubelets after v1.36 differ: several plugins of one resource are kept apart by their sockets (rules 25, 94, 95). */
class LaterKubeletFactsTest extends KubeletScene {
    private SimulatedKubelet kubelet;
    private ScriptedPlugin first;
    private ScriptedPlugin second;

    @BeforeEach
    void twoPlugins() {
        kubelet = kubelet(o -> o.profile(KubeletProfile.K137));
        first = plugin(kubelet).offering("a", "b");
        second = plugin(kubelet).offering("a", "b");
        join(kubelet, first);
    }

    @Test
    void theDefaultIsTheKubeletOf136() {
        assertThat(SimulatedKubeletOptions.below(root).profile()).isEqualTo(KubeletProfile.K136);
    }

    // Rule 25.
    @Test
    void theSameSocketIsRefusedWhileItsStreamIsOpen() {
        assertThatThrownBy(first::register).hasMessageContaining("device plugin already connected: " + first.socket);

        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(1);
        counts(kubelet, 2, 2);
        assertViolation(kubelet, ViolationKind.REGISTERED_TWICE);
    }

    // Rule 25: what later kubelets do is not settled; the other half of upstream's tests.
    @Test
    void theSameSocketCanBeAcceptedWithoutADialBack() {
        SimulatedKubelet silent = another(RepeatedRegistration.IGNORED);
        ScriptedPlugin plugin = plugin(silent).offering("a");
        join(silent, plugin);

        plugin.register();

        assertThat(silent.registrations(RESOURCE)).isEqualTo(2);
        assertThat(silent.calls().count(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE))
                .isEqualTo(1);
        assertThat(silent.openStreams(RESOURCE)).isEqualTo(1);
    }

    private SimulatedKubelet another(RepeatedRegistration answer) {
        kubelet.stop();
        return kubelet(o -> o.profile(KubeletProfile.K137).withRepeatedRegistration(answer));
    }

    // Rule 94: not so in v1.36, see HandOverFactsTest.
    @Test
    void endOfTheFirstPluginLeavesTheSecondAlone() {
        join(kubelet, second);

        first.stopServing();

        await().atMost(SOON).until(() -> kubelet.openStreams(RESOURCE) == 1);
        await().during(Duration.ofMillis(200))
                .until(() -> kubelet.statusTick().get(RESOURCE).equals(new DeviceCount(2, 2)));
        assertThat(second.cancelledStreams.get()).isZero();
        assertAllocatesFrom(second);
    }

    // Rule 94, e2e device_plugin_multiple_test.go "DP2 changed its mind".
    @Test
    void theSurvivorTakesTheCallsOverWhenTheNewestPluginGoes() {
        join(kubelet, second);
        assertAllocatesFrom(second);

        second.stopServing();

        await().atMost(SOON).until(() -> kubelet.openStreams(RESOURCE) == 1);
        counts(kubelet, 2, 2);
        awaitDisconnect();
        assertAllocatesFrom(first);
    }

    /** The stream is closed a moment before the endpoint changes hands. */
    private void awaitDisconnect() {
        await().atMost(SOON).until(() -> kubelet.admit(PodSpecification.of("probe", RESOURCE, 1)) instanceof Admitted);
        kubelet.removePod(PodSpecification.of("probe", RESOURCE, 1));
        first.allocations.clear();
    }

    private void assertAllocatesFrom(ScriptedPlugin plugin) {
        int before = plugin.allocations.size();
        PodSpecification pod = PodSpecification.of("p" + before, RESOURCE, 1);
        kubelet.admit(pod).containers();
        assertThat(plugin.allocations).hasSize(before + 1);
        kubelet.removePod(pod);
    }

    // Rule 94.
    @Test
    void onlyTheEndOfTheLastPluginTakesTheResourceDown() {
        join(kubelet, second);
        first.stopServing();
        await().atMost(SOON).until(() -> kubelet.openStreams(RESOURCE) == 1);

        second.stopServing();

        counts(kubelet, 2, 0);
        clock.advance(Duration.ofMinutes(5).plusSeconds(1));
        counts(kubelet, 0, 0);
    }

    // Rule 94.
    @Test
    void listsOfBothPluginsStillOverwriteEachOther() {
        join(kubelet, second);

        first.send("a");
        counts(kubelet, 1, 1);
        second.send("a", "b", "c");
        counts(kubelet, 3, 3);
    }

    // Rule 26 does not hold here.
    @Test
    void aFailedRivalLeavesTheRecordOfTheFirst() {
        givingUpSoon(kubelet);
        assertThatThrownBy(second::register).hasMessageContaining("failed to dial");

        first.stopServing();

        counts(kubelet, 2, 0);
    }

    // Rule 94: refused until the old stream breaks.
    @Test
    void aNewPluginOnAnOldSocketIsRefusedUntilTheKubeletNoticedTheEnd() {
        try (HandOverHold hold = kubelet.faults().holdHandOver(HandOverStep.LOOK_UP, RESOURCE)) {
            first.stopServing();
            hold.awaitReached(SOON);
            first.serve();
            assertThatThrownBy(first::register).hasMessageContaining("already connected");
        }
        counts(kubelet, 2, 0);

        rejoin(kubelet, first);

        counts(kubelet, 2, 2);
    }

    // Rule 94: a late close on a re-used path.
    @Test
    void aLateEndOnAReusedSocketEvictsTheNewPlugin() {
        ScriptedPlugin heir =
                plugin(kubelet, RESOURCE, first.socket.getFileName().toString()).offering("a", "b");
        kubelet.faults().loseSilently(RESOURCE);
        try (HandOverHold hold = kubelet.faults().holdHandOver(HandOverStep.LOOK_UP, RESOURCE)) {
            first.stopServing();
            hold.awaitReached(SOON);
            join(kubelet, heir);
        }

        counts(kubelet, 2, 0);
        await().atMost(SOON).until(() -> heir.cancelledStreams.get() == 1);
    }
}
