package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.PodChange;
import io.devicemgr.testkit.cluster.PodChange.Kind;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A good change reaches every node, as gently as the spec asks for, whatever else happens meanwhile. */
class RolloutIT {
    private static final String QUICK = "{canary: {soakSeconds: 1}, maxUnavailable: 2}";
    private static final String NEXT_IMAGE = "agent:2";
    private static final long SEED = 20261122;

    private static Line line;

    @BeforeAll
    static void start() throws IOException {
        line = Line.start();
        line.cluster().nodeGrace(Duration.ZERO);
    }

    @AfterAll
    static void kubeletsSawNoBreachOfTheirContract() {
        try {
            line.cluster().nodes().values().forEach(node -> node.kubelet().assertNoViolations());
        } finally {
            line.close();
        }
    }

    private static Rolling ready(String name, int nodes) throws IOException {
        Rolling rolling = Rolling.ready(line, name, nodes);
        rolling.image(NEXT_IMAGE, "");
        return rolling;
    }

    @Test
    void theCanaryGoesFirstAndTheRestFollowsInBatchesAfterTheSoak() throws IOException {
        Rolling rolling = ready("staged", 5);
        rolling.apply(NEXT_IMAGE, QUICK);
        rolling.awaitComplete(NEXT_IMAGE);

        assertThat(rolling.mostAway()).isEqualTo(2);
        assertThat(rolling.replaced())
                .hasSize(5)
                .allSatisfy((node, times) -> assertThat(times).isOne());
        List<PodChange> deleted = rolling.changes(Kind.DELETED);
        PodChange canary = deleted.get(0);
        PodChange good = rolling.changes(Kind.READY).get(0);
        assertThat(good.node()).isEqualTo(canary.node());
        assertThat(Duration.between(good.at(), deleted.get(1).at())).isGreaterThanOrEqualTo(Duration.ofMillis(900));
        assertThat(deleted.subList(1, 5)).extracting(PodChange::node).isSorted();
        assertThat(rolling.status().lastGoodRevision())
                .isEqualTo(rolling.status().revision());
    }

    @Test
    void aPausedChangeWaitsAndGoesOnWhenItIsResumed() throws IOException {
        Rolling rolling = ready("paused", 1);
        rolling.apply(NEXT_IMAGE, "{paused: true, canary: {soakSeconds: 1}}");
        rolling.await(ConditionReason.Paused, "waits");
        assertThat(rolling.replaced()).isEmpty();
        rolling.apply(NEXT_IMAGE, QUICK);
        rolling.awaitComplete(NEXT_IMAGE);
    }

    @Test
    void onDeleteLeavesItToTheAdministrator() throws IOException {
        Rolling rolling = ready("ondelete", 2);
        rolling.apply(NEXT_IMAGE, "{strategy: OnDelete}");
        rolling.await(ConditionReason.WaitingForDeletion, "delete the agent pods");
        assertThat(rolling.replaced()).isEmpty();
        for (SimulatedNode node : rolling.nodes()) {
            Pod old = rolling.agent(node.name()).orElseThrow();
            line.client().resource(old).delete();
        }
        rolling.awaitComplete(NEXT_IMAGE);
        assertThat(rolling.replaced()).containsValues(1L, 1L).hasSize(2);
    }

    @Test
    void nodesThatAreNotReadyOrCordonedAreLeftOutAndCaughtUp() throws IOException {
        Rolling rolling = ready("leftout", 3);
        SimulatedNode dead = rolling.nodes().get(0);
        SimulatedNode cordoned = rolling.nodes().get(1);
        cordon(cordoned, true);
        dead.powerOff();
        // The later of two changes of nodes: who has seen it has seen the other one too.
        rolling.awaitProblem(dead.name(), "NodeNotReady");
        rolling.apply(NEXT_IMAGE, QUICK);
        rolling.await(ConditionReason.Complete, "left out until they are ready and not cordoned");
        assertThat(rolling.replaced()).containsOnlyKeys(rolling.nodes().get(2).name());

        dead.powerOn();
        cordon(cordoned, false);
        Line.eventually().until(() -> rolling.replaced().size() == 3);
        rolling.awaitComplete(NEXT_IMAGE);
        assertThat(rolling.replaced())
                .allSatisfy((node, times) -> assertThat(times).isOne());
    }

    private static void cordon(SimulatedNode node, boolean on) {
        line.client()
                .nodes()
                .withName(node.name())
                .edit(n -> n.edit()
                        .editSpec()
                        .withUnschedulable(on ? true : null)
                        .endSpec()
                        .build());
        String taint = "node.kubernetes.io/unschedulable";
        Line.eventually()
                .until(() -> on
                        == line.client().nodes().withName(node.name()).get().getSpec().getTaints().stream()
                                .anyMatch(t -> t.getKey().equals(taint)));
    }

    @Test
    void aNodeThatJoinsInBetweenHasTheNewRevisionFromItsStart() throws IOException {
        Rolling rolling = ready("joining", 1);
        rolling.apply(NEXT_IMAGE, "{canary: {soakSeconds: 4}}");
        rolling.await(ConditionReason.Soaking, "");
        rolling.addNode("joining-2");
        rolling.awaitComplete(NEXT_IMAGE);
        assertThat(rolling.images()).hasSize(2);
        assertThat(rolling.replaced()).containsOnlyKeys("joining-1");
    }

    @Test
    void aNodeThatLeavesInItsTurnIsNotWaitedFor() throws IOException {
        Rolling rolling = ready("leaving", 2);
        rolling.image("agent:slow", "sleep 3");
        rolling.apply("agent:slow", QUICK);
        String canary = rolling.firstDeleted().node();
        line.cluster().removeNode(canary);
        rolling.awaitComplete("agent:slow");
        assertThat(rolling.images()).hasSize(1);
        assertThat(rolling.replaced())
                .hasSize(2)
                .allSatisfy((node, times) -> assertThat(times).isOne());
    }

    @Test
    void anOperatorThatIsKilledAgainAndAgainGoesOnWhereItWas() throws IOException {
        Rolling rolling = ready("killed", 4);
        Random random = new Random(SEED);
        rolling.apply(NEXT_IMAGE, QUICK);
        for (int kill = 0; kill < 3; kill++) {
            int wanted = kill + 1;
            Line.eventually().until(() -> rolling.changes(Kind.DELETED).size() >= wanted);
            pause(random.nextInt(1500));
            line.operator().kill();
            Line.eventually().until(() -> !line.operator().alive());
            line.startOperator();
        }
        rolling.awaitComplete(NEXT_IMAGE);
        assertThat(rolling.mostAway()).isLessThanOrEqualTo(2);
        assertThat(rolling.replaced())
                .hasSize(4)
                .allSatisfy((node, times) -> assertThat(times).isOne());
    }

    /** Lets the rollout go on for a moment, so that the operator dies at another point of it each time. */
    private static void pause(int millis) {
        Line.eventually().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    }

    @Test
    void aSpecThatChangesAgainTakesOverAtOnce() throws IOException {
        Rolling rolling = ready("twice", 2);
        rolling.image("agent:3", "");
        rolling.apply(NEXT_IMAGE, "{canary: {soakSeconds: 600}}");
        rolling.await(ConditionReason.Soaking, "");
        String canary = rolling.firstDeleted().node();
        rolling.apply("agent:3", QUICK);
        rolling.awaitComplete("agent:3");
        assertThat(rolling.changes(Kind.DELETED).get(0).node()).isEqualTo(canary);
        assertThat(rolling.replaced())
                .hasSize(2)
                .allSatisfy((node, times) -> assertThat(times).isOne());
        assertThat(rolling.mostAway()).isLessThanOrEqualTo(2);
    }

    @Test
    void aSingleNodeIsItsOwnCanary() throws IOException {
        Rolling rolling = ready("single", 1);
        rolling.apply(NEXT_IMAGE, "{canary: {soakSeconds: 1}}");
        rolling.awaitComplete(NEXT_IMAGE);
        assertThat(rolling.replaced()).isEqualTo(Map.of("single-1", 1L));
    }

    @Test
    void withoutNodesEveryRevisionIsComplete() {
        DeploymentWatch watch = line.apply(Line.manifest("nobody", "example.com/nobody", "/dev/nobody*", "nowhere"));
        line.awaitReady(watch);
        line.apply(Line.manifest("nobody", "example.com/nobody", "/dev/somebody*", "nowhere"));
        line.await(
                watch,
                "complete",
                d -> Statuses.isTrue(d, ConditionType.RolloutComplete)
                        && Statuses.hasReason(d, ConditionType.Ready, ConditionReason.NoMatchingNodes));
    }
}
